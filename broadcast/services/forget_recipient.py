from __future__ import annotations

from uuid import UUID

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


def forget_recipient(*, bot_id: UUID, profile_id: UUID) -> None:
    """Leave nothing in the ledgers that leads to a person: what was sent stays as a figure, what was not is over.

    A message that is being sent at this moment may still arrive; nobody knows of it then.
    """
    rows = Recipient.objects.for_bot(bot_id).filter(profile_id=profile_id)
    # The sender locks a message before the recipient whose it is: in that order here too, so that neither waits for
    # the other in a circle.
    under_way = rows.filter(state=RecipientState.RELEASED).values("outbound_id")
    messages = OutboundMessage.objects.for_bot(bot_id).filter(id__in=under_way)
    list(messages.select_for_update().order_by("id").values_list("id"))
    found = list(rows.select_for_update().order_by("id").values_list("id", "broadcast_id", "state"))
    over = [row_id for row_id, _, state in found if state in _NOT_YET]
    rows.filter(id__in=over).update(state=RecipientState.ERASED)
    rows.update(profile=None, reason="", outbound_id=None, telegram_message_id=None, language="")
    for row_id, broadcast_id, state in sorted(found, key=lambda each: each[1]):
        if row_id in over:
            count_in(bot_id, broadcast_id, {RecipientState.ERASED: 1, state: -1})
