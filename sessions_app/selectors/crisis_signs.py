from __future__ import annotations

from datetime import datetime
from uuid import UUID

from events.models import Event


def crisis_signs(*, bot_id: UUID, profile_id: UUID, most: int = 5) -> list[tuple[str, datetime]]:
    """The signs of crisis that a person has shown, the newest first: which, and when."""
    signs = (
        Event.objects.for_bot(bot_id)
        .filter(profile_id=profile_id, kind="crisis.detected")
        .order_by("-created_at")
        .values_list("payload", "created_at")[:most]
    )
    return [(str(payload.get("sign", "")), at) for payload, at in signs]
