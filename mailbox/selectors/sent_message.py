from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from mailbox.models import OutboundMessage


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Where a message went, and Telegram's id of it once it is out."""

    chat_id: int
    telegram_message_id: int | None


def sent_message(*, bot_id: UUID, message_id: UUID) -> SentMessage | None:
    """What became of a message of the outbox; None where it is gone."""
    row = (
        OutboundMessage.objects.for_bot(bot_id)
        .filter(id=message_id)
        .values_list("chat_id", "telegram_message_id")
        .first()
    )
    return SentMessage(*row) if row else None
