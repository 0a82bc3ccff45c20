from __future__ import annotations

from datetime import timedelta

from core.clock import clock
from events.models import TaskRun

KEEP_RUNS = timedelta(days=14)


def trim_runs() -> int:
    """Forget runs of background tasks that are long over; how many rows."""
    deleted, _by_model = TaskRun.objects.filter(started_at__lt=clock.now() - KEEP_RUNS).delete()
    return deleted
