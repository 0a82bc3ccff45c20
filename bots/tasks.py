"""What runs by itself for the bots."""

from __future__ import annotations

from datetime import timedelta

import structlog
from celery import shared_task

from bots.services.roll_up_metrics import roll_up_metrics as roll_up
from bots.services.trim_metrics import SLICE, trim_metrics
from core.clock import clock
from core.tenancy import across_bots

log = structlog.get_logger(__name__)


@shared_task(name="bots.tasks.roll_up_metrics")  # type: ignore[untyped-decorator]
def roll_up_metrics() -> None:
    """Add up today's and yesterday's samples and let the old ones go, a slice in a transaction."""
    today = clock.now().date()
    with across_bots(reason="roll up bot metrics"):
        figures = roll_up(day=today - timedelta(days=1)) + roll_up(day=today)
    trimmed, deleted = SLICE, 0
    while trimmed == SLICE:
        with across_bots(reason="trim bot metrics"):
            trimmed = trim_metrics()
        deleted += trimmed
    log.info("bot_metrics.rolled_up", figures=figures, deleted=deleted)
