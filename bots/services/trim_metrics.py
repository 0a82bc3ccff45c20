from __future__ import annotations

from datetime import timedelta

from bots.statements import SQL
from core.clock import clock
from core.tenancy import visible_bots

SAMPLES_LIVE = timedelta(days=14)
SLICE = 5000


def trim_metrics(*, most: int = SLICE) -> int:
    """Delete up to `most` samples of the bots in scope that are past their time; fewer means none is left."""
    return SQL["trim_metrics"].run(
        {"bot_ids": list(visible_bots() or ()), "before": clock.now() - SAMPLES_LIVE, "most": most}
    )
