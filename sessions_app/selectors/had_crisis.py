from __future__ import annotations

from datetime import datetime
from uuid import UUID

from events.models import Event


def had_crisis(*, bot_id: UUID, profile_id: UUID, since: datetime) -> bool:
    """Whether the person has shown a sign of crisis since then."""
    signs = Event.objects.for_bot(bot_id).filter(
        profile_id=profile_id, kind="crisis.detected", created_at__gte=since
    )
    return signs.exists()
