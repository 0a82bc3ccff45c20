"""What one person did, from the log or from the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from profiles.models import ActivityLog, ArchivedActivity, Profile


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that somebody did. `(at, id)` is its place among all that they did."""

    id: UUID
    kind: str
    details: Mapping[str, object]
    at: datetime


@dataclass(frozen=True, slots=True)
class ActivityCounts:
    """How many rows of activity a person has."""

    live: int
    archived: int

    @property
    def total(self) -> int:
        return self.live + self.archived


def activity_of(
    *,
    bot_id: UUID,
    profile_id: UUID,
    limit: int = 50,
    before: tuple[datetime, UUID] | None = None,
    is_archived: bool = False,
) -> list[Activity]:
    """The latest acts of a person, newest first, those at and after the place `before` left out."""
    model: type[ActivityLog | ArchivedActivity] = ArchivedActivity if is_archived else ActivityLog
    rows = model._default_manager.filter(bot_id=bot_id, profile_id=profile_id)
    if before is not None:
        at, last_id = before
        # The first condition is for the index, the second for acts of the same moment.
        rows = rows.filter(Q(created_at__lt=at) | Q(id__lt=last_id), created_at__lte=at)
    found = rows.order_by("-created_at", "-id").values_list("id", "kind", "details", "created_at")
    return [Activity(*row) for row in found[:limit]]


def activity_counts(*, bot_id: UUID, profile_id: UUID) -> ActivityCounts:
    """How much of a person's activity lies in the log and how much in the archive."""
    archived = (
        Profile.objects.for_bot(bot_id).filter(id=profile_id).values_list("archived_activity", flat=True)
    )
    live = ActivityLog.objects.for_bot(bot_id).filter(profile_id=profile_id).count()
    return ActivityCounts(live=live, archived=next(iter(archived), 0))
