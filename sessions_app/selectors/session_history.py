from __future__ import annotations

from uuid import UUID

from sessions_app.models import Message

LONGEST = 400


def session_history(*, bot_id: UUID, session_id: UUID) -> list[tuple[str, str]]:
    """All that was said in a session as (role, text), oldest first; the newest 400 messages of a longer one."""
    newest = (
        Message.objects.for_bot(bot_id)
        .filter(session_id=session_id)
        .order_by("-created_at", "-id")
        .values_list("role", "text")[:LONGEST]
    )
    return list(reversed(newest))
