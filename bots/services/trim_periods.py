from __future__ import annotations

from datetime import timedelta

from bots.statements import SQL
from core.clock import clock
from core.tenancy import visible_bots

# Three months: what pages show, and as much again to look into by hand.
PERIODS_LIVE = timedelta(days=92)
SLICE = 5000


def trim_periods(*, most: int = SLICE) -> int:
    """Forget up to `most` states that ended long ago, of the bots in scope; fewer means none is left."""
    return SQL["trim_periods"].run(
        {"bot_ids": list(visible_bots() or ()), "before": clock.now() - PERIODS_LIVE, "most": most}
    )
