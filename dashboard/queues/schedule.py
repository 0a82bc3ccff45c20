"""When the background work is due by its schedule. Knows Celery's schedules, and nothing of its workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from celery.schedules import crontab

# So long after its time a run is late: somebody has to look whether beat and workers run.
_PATIENCE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Due:
    """When a task runs: every so many seconds, or at the times of a crontab (UTC). `is_late`: it should have run."""

    every: float | None
    crontab: str
    next_at: datetime
    is_late: bool


def due(
    task: str, *, last_at: datetime | None, now: datetime, beat: Mapping[str, Mapping[str, Any]]
) -> Due | None:
    """When the task is due next, by the first of its entries; None where it has none: it runs when it is asked for."""
    entry = next((each for each in beat.values() if each["task"] == task), None)
    if entry is None:
        return None
    when = entry["schedule"]
    if isinstance(when, crontab):
        missed = last_at is not None and _following(when, last_at) + _PATIENCE < now
        return Due(None, _fields(when), _following(when, now), missed)
    step = timedelta(seconds=float(when))
    following = now if last_at is None else max(last_at + step, now)
    missed = last_at is not None and last_at + 2 * step + _PATIENCE < now
    return Due(step.total_seconds(), "", following, missed)


def _following(when: crontab, after: datetime) -> datetime:
    """The first time of a crontab after a moment."""
    after = after.astimezone(UTC)
    # Celery counts from its own clock; this asks the crontab alone.
    start, step, _now = when.remaining_delta(after, tz=UTC)
    found: datetime = start + step
    return found


def _fields(when: crontab) -> str:
    return (
        f"{when._orig_minute} {when._orig_hour} {when._orig_day_of_month} "
        f"{when._orig_month_of_year} {when._orig_day_of_week}"
    )
