from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.clock import clock
from core.ids import new_id
from profiles.models import ActivityLog


def log_activity(
    *,
    bot_id: UUID,
    profile_id: UUID,
    kind: str,
    details: Mapping[str, object] | None = None,
    activity_id: UUID | None = None,
) -> None:
    """Note one thing that a person did other than by an update; once per `activity_id`."""
    row = ActivityLog(
        id=activity_id or new_id(),
        bot_id=bot_id,
        profile_id=profile_id,
        kind=kind,
        details=dict(details or {}),
        created_at=clock.now(),
    )
    ActivityLog.objects.bulk_create([row], ignore_conflicts=True)
