"""What runs by itself for the bots."""

from __future__ import annotations

from datetime import timedelta

from bots.services.roll_up_metrics import roll_up_metrics as roll_up
from bots.services.trim_metrics import SLICE, trim_metrics
from bots.services.trim_periods import trim_periods
from core.clock import clock
from core.cron import cron_task
from core.tenancy import across_bots


@cron_task("bots.tasks.roll_up_metrics")
def roll_up_metrics() -> dict[str, object]:
    """Add up today's and yesterday's samples and let the old ones go, a slice in a transaction."""
    today = clock.now().date()
    with across_bots(reason="roll up bot metrics"):
        figures = roll_up(day=today - timedelta(days=1)) + roll_up(day=today)
    trimmed, deleted = SLICE, 0
    while trimmed == SLICE:
        with across_bots(reason="trim bot metrics"):
            trimmed = trim_metrics()
        deleted += trimmed
    forgotten, periods = SLICE, 0
    while forgotten == SLICE:
        with across_bots(reason="trim periods of bots"):
            forgotten = trim_periods(most=SLICE)
        periods += forgotten
    return {"figures": figures, "deleted": deleted, "periods": periods}
