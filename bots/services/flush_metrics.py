from __future__ import annotations

from collections.abc import Sequence

from bots.contracts import MetricSample
from bots.statements import SQL
from core.ids import new_id


def flush_metrics(*, samples: Sequence[MetricSample]) -> int:
    """Keep what a process measured, for any number of bots in one statement; returns how many rows.

    Runs in the scope of those bots.
    """
    if not samples:
        return 0
    return SQL["flush_metrics"].run(
        {
            "ids": [new_id() for _ in samples],
            "bot_ids": [sample.bot_id for sample in samples],
            "names": [sample.name for sample in samples],
            "times": [sample.at for sample in samples],
            "counts": [sample.count for sample in samples],
            "totals": [sample.total for sample in samples],
            "largest": [sample.largest for sample in samples],
        }
    )
