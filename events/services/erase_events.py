from __future__ import annotations

from uuid import UUID

from events.models import Event


def erase_events(*, bot_id: UUID, profile_id: UUID) -> None:
    """Remove every event that names this person."""
    Event.objects.for_bot(bot_id).filter(profile_id=profile_id).delete()
