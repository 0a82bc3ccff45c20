from __future__ import annotations

from uuid import UUID

from sessions_app.models import Session, SessionState


def latest_session(*, bot_id: UUID, conversation_id: UUID) -> Session | None:
    """The open session of a conversation, or the last that was completed."""
    return (
        Session.objects.for_bot(bot_id)
        .filter(conversation_id=conversation_id)
        .exclude(state=SessionState.ABANDONED)
        .order_by("-started_at")
        .first()
    )
