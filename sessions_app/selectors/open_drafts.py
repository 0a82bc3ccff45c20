from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sessions_app.models import Draft

_MOST = 10


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """An answer of the model that waits for somebody to agree."""

    id: UUID
    text: str
    created_at: datetime


def open_drafts(*, bot_id: UUID, conversation_id: UUID) -> list[OpenDraft]:
    """The answers that wait in a conversation, oldest first; the newest ten."""
    rows = (
        Draft.objects.for_bot(bot_id)
        .filter(conversation_id=conversation_id, decided_at__isnull=True)
        .order_by("-created_at", "-id")
        .values_list("id", "text", "created_at")[:_MOST]
    )
    return [OpenDraft(*row) for row in reversed(rows)]
