from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from bots.statements import SQL
from core.tenancy import visible_bots


def roll_up_metrics(*, day: date) -> int:
    """Add up the samples of one UTC day for the bots in scope; repeatable. Returns how many figures.

    Only for days whose samples are all still there (`trim_metrics`).
    """
    start = datetime.combine(day, time.min, tzinfo=UTC)
    return SQL["roll_up_metrics"].run(
        {
            "bot_ids": list(visible_bots() or ()),
            "day": day,
            "start": start,
            "end": start + timedelta(days=1),
        }
    )
