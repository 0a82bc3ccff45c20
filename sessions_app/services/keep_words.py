from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.clock import clock
from core.ids import new_id
from sessions_app.contracts import Words
from sessions_app.statements import SQL


def keep_words(*, bot_id: UUID, words: Sequence[tuple[UUID, UUID | None, Words]]) -> None:
    """Keep what people said, as (conversation, session or None, words); what is kept already stays as it is."""
    if not words:
        return
    SQL["keep_words"].run(
        {
            "bot_id": bot_id,
            "now": clock.now(),
            "ids": [new_id() for _ in words],
            "conversation_ids": [conversation for conversation, _, _ in words],
            "session_ids": [session for _, session, _ in words],
            "texts": [each.text for _, _, each in words],
            "inbound_ids": [each.inbound_id for _, _, each in words],
            "telegram_message_ids": [each.telegram_message_id for _, _, each in words],
        }
    )
