from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from events.models import TaskRun, TaskState


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run of a background task, or `times` in a row that came to nothing, from `first_at` to `started_at`."""

    task: str
    state: str
    is_quiet: bool
    times: int
    first_at: datetime
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    figures: Mapping[str, Any]
    error: str


_FIELDS = tuple(RunLine.__dataclass_fields__)


def latest_runs(*, tasks: Sequence[str], each: int) -> dict[str, list[RunLine]]:
    """The newest runs of each of these tasks, the newest first; one query."""
    rows = (
        TaskRun.objects.filter(task__in=tasks)
        .annotate(place=Window(RowNumber(), partition_by="task", order_by=F("started_at").desc()))
        .filter(place__lte=each)
        .order_by("task", "place")
    )
    found: dict[str, list[RunLine]] = {task: [] for task in tasks}
    for row in rows.values_list(*_FIELDS):
        found[row[0]].append(RunLine(*row))
    return found


def failed_runs(*, since: datetime, most: int) -> list[RunLine]:
    """Runs that ended in an error, the newest first."""
    rows = TaskRun.objects.filter(state=TaskState.FAILED, started_at__gte=since).order_by("-started_at")
    return [RunLine(*row) for row in rows.values_list(*_FIELDS)[:most]]
