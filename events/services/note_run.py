"""Runs of background tasks are written down, for staff to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db.models import F

from core.clock import clock
from events.models import TaskRun, TaskState

# Runs that come to nothing are counted in one row for so long.
_FOLDED_FOR: Final = timedelta(days=1)
_LONGEST_TEXT: Final = 200


def begin_run(*, key: str, task: str) -> None:
    """A task has begun; one that is given to a worker again, because its process died, begins anew."""
    now = clock.now()
    TaskRun.objects.update_or_create(
        key=key,
        defaults={
            "task": task,
            "state": TaskState.RUNNING,
            "first_at": now,
            "started_at": now,
            "ended_at": None,
            "error": "",
        },
    )


def end_run(*, key: str, figures: Mapping[str, object], seconds: float, error: str = "") -> None:
    """It has ended, with these figures or with this error."""
    run = TaskRun.objects.filter(key=key).first()
    if run is None:
        return
    now = clock.now()
    is_quiet = not error and not any(figures.values())
    if is_quiet and _is_folded(run, seconds):
        return
    TaskRun.objects.filter(id=run.id).update(
        state=TaskState.FAILED if error else TaskState.DONE,
        is_quiet=is_quiet,
        ended_at=now,
        seconds=round(seconds, 3),
        figures=_kept(figures),
        error=error[:300],
    )


def _is_folded(run: TaskRun, seconds: float) -> bool:
    """Whether it could be counted in the row of the run before it, which came to nothing too."""
    before = (
        TaskRun.objects.filter(task=run.task, started_at__lt=run.started_at).order_by("-started_at").first()
    )
    if before is None or not before.is_quiet or before.first_at < run.started_at - _FOLDED_FOR:
        return False
    TaskRun.objects.filter(id=before.id).update(
        times=F("times") + 1, started_at=run.started_at, ended_at=clock.now(), seconds=round(seconds, 3)
    )
    run.delete()
    return True


def _kept(figures: Mapping[str, object]) -> dict[str, object]:
    """Numbers as they are, whatever else in a few words."""
    return {
        name: value if isinstance(value, int | float) else json.dumps(value, default=str)[:_LONGEST_TEXT]
        for name, value in figures.items()
    }
