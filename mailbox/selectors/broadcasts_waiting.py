from __future__ import annotations

from uuid import UUID

from mailbox.models import OutboundMessage, Priority


def broadcasts_waiting(*, bot_id: UUID, most: int) -> int:
    """How many messages of broadcasts are in the bot's outbox; no further than `most` is counted."""
    waiting = OutboundMessage.objects.for_bot(bot_id).filter(
        settled_at__isnull=True, priority=Priority.BROADCAST
    )
    return waiting.values("id")[:most].count()
