from __future__ import annotations

from uuid import UUID

from mailbox.models import OutboundMessage, OutboundState, Priority


def withdraw(*, bot_id: UUID, chat_id: int) -> int:
    """Take back what the bot was about to say by itself in this chat and has not sent yet; how many messages."""
    count, _ = (
        OutboundMessage.objects.for_bot(bot_id)
        .filter(chat_id=chat_id, priority__gte=Priority.PROACTIVE, state=OutboundState.PENDING)
        .filter(settled_at__isnull=True)
        .delete()
    )
    return count
