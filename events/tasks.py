"""What runs by itself for what is written down."""

from __future__ import annotations

from core.cron import cron_task
from events.services.trim_runs import trim_runs as trim


@cron_task("events.tasks.trim_runs")
def trim_runs() -> dict[str, object]:
    """Once a day: runs of background tasks that are long over are forgotten."""
    return {"deleted": trim()}
