from __future__ import annotations

from uuid import UUID

from core.clock import clock
from mailbox.models import OutboundMessage, OutboundState, Priority


def withdraw(*, bot_id: UUID, chat_id: int) -> int:
    """Take back what the bot was about to say by itself in this chat and has not sent yet; how many messages.

    What goes to many stays as a row that failed, for those who keep the books of it.
    """
    waiting = OutboundMessage.objects.for_bot(bot_id).filter(
        chat_id=chat_id, state=OutboundState.PENDING, settled_at__isnull=True
    )
    # Deleting a message says nothing.
    to_many = waiting.filter(priority=Priority.BROADCAST).exclude(method="deleteMessage")
    count = to_many.update(state=OutboundState.FAILED, error="taken back", settled_at=clock.now())
    deleted, _ = waiting.filter(priority=Priority.PROACTIVE).delete()
    return count + deleted
