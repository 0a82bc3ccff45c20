from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import clock
from sessions_app.errors import InboxError
from sessions_app.models import Draft
from sessions_app.services.say_as_operator import LONGEST, say_in
from sessions_app.services.take_over import check_consent, is_held_by_another, locked_item, save_item


def decide_draft(
    *, bot_id: UUID, conversation_id: UUID, draft_id: UUID, user_id: int, text: str | None
) -> Draft:
    """Send an answer of the model's, as it is or as somebody has changed it; or, with None, let it lie.

    Raises InboxError: `unknown`; `decided` where somebody has already; `taken` where somebody else answers the person
    meanwhile; `empty`, `too_long`, `gone`, `no_consent`, `blocked`.
    """
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        drafts = Draft.objects.for_bot(bot_id).filter(conversation_id=conversation_id)
        draft = drafts.select_for_update().filter(id=draft_id).first()
        if draft is None:
            raise InboxError("unknown", _("There is no such draft."))
        if draft.decided_at is not None:
            raise InboxError("decided", _("Somebody has decided about this already."))
        draft.decided_at, draft.decided_by_id, draft.is_sent = clock.now(), user_id, text is not None
        if text is not None:
            said = text.strip()
            if not said:
                raise InboxError("empty", _("Write something first."))
            if len(said) > LONGEST:
                raise InboxError("too_long", _("This is too long for one message."))
            if is_held_by_another(item, user_id):
                raise InboxError("taken", _("Somebody else answers in this conversation."))
            check_consent(item)
            if not item.conversation.profile.is_active:
                raise InboxError("gone", _("This person has blocked the bot."))
            say_in(item, said, user_id=user_id)
            save_item(item)
        draft.save()
    return draft
