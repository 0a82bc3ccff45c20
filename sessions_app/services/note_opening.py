from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events.services.record_event import record_event
from sessions_app.errors import InboxError
from sessions_app.models import Conversation
from sessions_app.services.tend_inbox import add_note

REASONS: Final = ("asked", "crisis", "handover", "complaint", "quality", "other")


def note_opening(
    *, bot_id: UUID, conversation_id: UUID, reader_id: int, reason: str, words: str = ""
) -> None:
    """Somebody of the staff is going to read a private conversation: why, and that they did, is kept.

    The event holds the code of the reason; words of theirs become a note beside the conversation, which goes with
    the person. Raises InboxError: `unknown`, `no_reason`.
    """
    said = words.strip()
    if reason not in REASONS or (reason == "other" and not said):
        raise InboxError("no_reason", _("Say why you open this conversation."))
    talk = Conversation.objects.for_bot(bot_id).filter(id=conversation_id).first()
    if talk is None:
        raise InboxError("unknown", _("There is no such conversation."))
    with transaction.atomic():
        record_event(
            bot_id=bot_id,
            kind="conversation.opened",
            profile_id=talk.profile_id,
            payload={"by": reader_id, "reason": reason, "conversation": str(conversation_id)},
        )
        if said:
            add_note(bot_id=bot_id, conversation_id=conversation_id, user_id=reader_id, text=said)
