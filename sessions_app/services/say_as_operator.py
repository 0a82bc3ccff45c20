from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import clock
from core.ids import new_id
from mailbox.contracts import Post
from mailbox.models import Priority
from mailbox.services.post import post
from sessions_app.contracts import Button, Line
from sessions_app.errors import InboxError
from sessions_app.models import InboxItem, Message, Role, Session, SessionState
from sessions_app.posts import method_of, send_params
from sessions_app.rendering import escape, split_message
from sessions_app.services.take_over import HELD, check_consent, is_held, locked_item, save_item

LONGEST = 8000


def say_as_operator(
    *,
    bot_id: UUID,
    conversation_id: UUID,
    user_id: int,
    text: str,
    buttons: Sequence[Sequence[Button]] = (),
    photo: UUID | None = None,
) -> Message:
    """Say something as the bot, by somebody who has taken the conversation over; it stays a part of the talk.

    `photo` is a file of the bot's mailbox. Raises InboxError: `unknown`, `not_held`, `empty`, `too_long`,
    `gone` for somebody who has blocked the bot, `no_consent`, `blocked`.
    """
    text = text.strip()
    if not text and photo is None:
        raise InboxError("empty", _("Write something first."))
    if len(text) > (LONGEST if photo is None else 900):
        raise InboxError("too_long", _("This is too long for one message."))
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        if not is_held(item) or item.operator_id != user_id:
            raise InboxError("not_held", _("Take the conversation over first."))
        # Who was taken over may have withdrawn their consent since.
        check_consent(item)
        if not item.conversation.profile.is_active:
            raise InboxError("gone", _("This person has blocked the bot."))
        message = say_in(item, text, user_id=user_id, buttons=buttons, photo=photo)
        item.hand_back_at = clock.now() + HELD
        save_item(item)
    return message


def say_in(
    item: InboxItem,
    text: str,
    *,
    user_id: int,
    buttons: Sequence[Sequence[Button]] = (),
    photo: UUID | None = None,
) -> Message:
    """Keep and post what a person says in the bot's place, in the caller's transaction."""
    session = (
        Session.objects.for_bot(item.bot_id)
        .filter(conversation_id=item.conversation_id, state__in=[SessionState.ACTIVE, SessionState.PAUSED])
        .first()
    )
    message = Message(
        id=new_id(),
        bot_id=item.bot_id,
        conversation_id=item.conversation_id,
        session_id=session.id if session else None,
        role=Role.BOT,
        text=text,
        operator_id=user_id,
        created_at=clock.now(),
    )
    message.save(force_insert=True)
    rows = tuple(tuple(row) for row in buttons)
    parts = split_message(escape(text)) if photo is None else [escape(text)]
    lines = [Line(part, rows if number == len(parts) else (), photo) for number, part in enumerate(parts, 1)]
    chat_id = item.conversation.chat_id
    post(
        bot_id=item.bot_id,
        posts=[
            Post(
                key=f"operator:{message.id}:{number}",
                chat_id=chat_id,
                method=method_of(line),
                params=send_params(chat_id, line),
                priority=Priority.OPERATOR,
                correlation_id=str(message.id),
            )
            for number, line in enumerate(lines)
        ],
        wake=True,
    )
    return message
