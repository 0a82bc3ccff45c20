from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from broadcast.changes import locked, note_change, wake
from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.keys import deleting_key
from broadcast.models import BroadcastChange, Recipient
from broadcast.states import BroadcastState, RecipientState
from core.clock import clock
from mailbox.contracts import Post
from mailbox.models import OutboundMessage, Priority
from mailbox.services.post import post

# Telegram lets a bot delete what it has sent for so long; a little less, since deleting takes its time.
DELETABLE = timedelta(hours=47)
SLICE = 1_000


def take_back(*, broadcast_id: UUID, by: By) -> int:
    """Delete the messages of a broadcast from the chats again; of how many people.

    What could not be deleted, or is not known to be, is tried again when this is asked for again. Raises
    BroadcastError: `state` while it is being sent, `being_deleted` while an earlier request is, `nothing_to_delete`.
    """
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        if broadcast.state not in (BroadcastState.FINISHED, BroadcastState.CANCELLED, BroadcastState.PAUSED):
            raise BroadcastError("state", _("Pause or cancel it first."))
        if any(_is_under_way(bot_id, broadcast.id) for bot_id in broadcast.bot_ids):
            raise BroadcastError("being_deleted", _("They are being deleted already."))
        tries = BroadcastChange.objects.filter(broadcast=broadcast, action="deleted").count()
        count = sum(_delete(bot_id, broadcast.id, tries) for bot_id in sorted(broadcast.bot_ids))
        if not count:
            raise BroadcastError(
                "nothing_to_delete", _("Telegram lets messages be deleted for 48 hours only.")
            )
        note_change(broadcast, by=by, action="deleted", note=str(count))
        wake(broadcast)
    return count


def _is_under_way(bot_id: UUID, broadcast_id: UUID) -> bool:
    waiting = OutboundMessage.objects.for_bot(bot_id).filter(
        priority=Priority.BROADCAST, settled_at__isnull=True, method="deleteMessage"
    )
    return waiting.filter(correlation_id=str(broadcast_id)).exists()


def _delete(bot_id: UUID, broadcast_id: UUID, tries: int) -> int:
    rows = _deletable(bot_id, broadcast_id).order_by("id")
    count, last = 0, None
    while True:
        found = rows.filter(id__gt=last) if last else rows
        slice_ = list(found.values_list("id", "profile__telegram_id", "telegram_message_id")[:SLICE])
        if not slice_:
            return count
        last = slice_[-1][0]
        count += post(
            bot_id=bot_id,
            posts=[
                Post(
                    key=deleting_key(recipient_id, tries),
                    chat_id=chat_id,
                    method="deleteMessage",
                    params={"chat_id": chat_id, "message_id": message_id},
                    priority=Priority.BROADCAST,
                    correlation_id=str(broadcast_id),
                )
                for recipient_id, chat_id, message_id in slice_
            ],
        )


def _deletable(bot_id: UUID, broadcast_id: UUID) -> QuerySet[Recipient]:
    return Recipient.objects.for_bot(bot_id).filter(
        broadcast_id=broadcast_id,
        state=RecipientState.SENT,
        deleted_at__isnull=True,
        telegram_message_id__isnull=False,
        profile__isnull=False,
        sent_at__gt=clock.now() - DELETABLE,
    )
