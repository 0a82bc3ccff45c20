"""What the team does with a conversation without answering in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import clock
from core.ids import new_id
from sessions_app.errors import InboxError
from sessions_app.models import InboxItem, InboxNote, InboxRead, Need
from sessions_app.services.take_over import locked_item, need_human, save_item


def assign_conversation(*, bot_id: UUID, conversation_id: UUID, user_id: int | None) -> InboxItem:
    """Give it to somebody of the team, or to nobody. Raises InboxError `unknown`."""
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        item.assigned_to_id = user_id
        save_item(item)
    return item


def snooze_conversation(*, bot_id: UUID, conversation_id: UUID, until: datetime | None) -> InboxItem:
    """Put it off until then, or look at it again now. Raises InboxError: `unknown`, `past`."""
    if until is not None and until <= clock.now():
        raise InboxError("past", _("This time has passed already."))
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        item.snoozed_until = until
        save_item(item)
    return item


def mark_conversation(*, bot_id: UUID, conversation_id: UUID) -> None:
    """Put it before the team by hand. Raises InboxError `unknown`."""
    with transaction.atomic():
        need_human(bot_id=bot_id, conversation_id=conversation_id, need=Need.STAFF)


def settle_need(*, bot_id: UUID, conversation_id: UUID) -> InboxItem:
    """Whatever it needed a human for is done. Raises InboxError `unknown`."""
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        item.need, item.needed_at, item.snoozed_until = Need.NONE, None, None
        save_item(item)
    return item


def add_note(*, bot_id: UUID, conversation_id: UUID, user_id: int, text: str) -> InboxNote:
    """Write something down that the person does not see in the chat. Raises InboxError: `unknown`, `empty`."""
    said = text.strip()
    if not said:
        raise InboxError("empty", _("Write something first."))
    with transaction.atomic():
        item = locked_item(bot_id=bot_id, conversation_id=conversation_id)
        note = InboxNote(
            id=new_id(),
            bot_id=bot_id,
            conversation_id=conversation_id,
            author_id=user_id,
            text=said[:2000],
            created_at=clock.now(),
        )
        note.save(force_insert=True)
        save_item(item)
    return note


def mark_read(*, bot_id: UUID, conversation_id: UUID, user_id: int) -> None:
    """This member of staff has seen all that was said until now."""
    InboxRead.objects.bulk_create(
        [
            InboxRead(
                id=new_id(),
                bot_id=bot_id,
                conversation_id=conversation_id,
                reader_id=user_id,
                read_at=clock.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["bot", "conversation", "reader_id"],
        update_fields=["read_at"],
    )
