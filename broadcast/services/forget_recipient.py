from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from broadcast.figures import count_in
from broadcast.models import Recipient
from broadcast.states import RecipientState
from mailbox.models import OutboundMessage

_NOT_YET = (
    RecipientState.WAITING,
    RecipientState.SPARE,
    RecipientState.DEFERRED,
    RecipientState.RELEASED,
)

_MOST_TRIES = 5


def forget_recipient(*, bot_id: UUID, profile_id: UUID) -> None:
    """Leave nothing in the ledgers that leads to a person: what was sent stays as a figure, what was not is over.

    A message that is being sent at this moment may still arrive; nobody knows of it then.
    """
    rows = Recipient.objects.for_bot(bot_id).filter(profile_id=profile_id)
    found = _locked(bot_id, rows)
    over = [row_id for row_id, _, state in found if state in _NOT_YET]
    rows.filter(id__in=over).update(state=RecipientState.ERASED)
    rows.update(profile=None, reason="", outbound_id=None, telegram_message_id=None, language="")
    for row_id, broadcast_id, state in sorted(found, key=lambda each: each[1]):
        if row_id in over:
            count_in(bot_id, broadcast_id, {RecipientState.ERASED: 1, state: -1})


def _locked(bot_id: UUID, rows: QuerySet[Recipient]) -> list[tuple[UUID, UUID, str]]:
    """The rows, nobody else's until the transaction ends: ids, broadcasts and states.

    The sender, and whoever pauses, lock a message before the recipient whose it is. In that order here too, so that
    nobody waits in a circle; what went into the outbox in between is let go of again.
    """
    for _ in range(_MOST_TRIES):
        point = transaction.savepoint()
        under_way = rows.filter(state=RecipientState.RELEASED).values("outbound_id")
        messages = OutboundMessage.objects.for_bot(bot_id).filter(id__in=under_way)
        held = set(messages.select_for_update().order_by("id").values_list("id", flat=True))
        locked = rows.select_for_update().order_by("id")
        found = list(locked.values_list("id", "broadcast_id", "state", "outbound_id"))
        if all(message in held for *_, state, message in found if state == RecipientState.RELEASED):
            break
        transaction.savepoint_rollback(point)
    else:
        # One that is in no outbox: nobody else locks it.
        found = list(rows.select_for_update().values_list("id", "broadcast_id", "state", "outbound_id"))
    return [(row_id, broadcast_id, state) for row_id, broadcast_id, state, _ in found]
