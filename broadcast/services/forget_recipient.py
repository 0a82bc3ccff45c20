from __future__ import annotations

from uuid import UUID

from broadcast.figures import count_in
from broadcast.models import Recipient
from broadcast.states import RecipientState

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
    found = list(rows.select_for_update().values_list("id", "broadcast_id", "state"))
    over = [row_id for row_id, _, state in found if state in _NOT_YET]
    rows.filter(id__in=over).update(state=RecipientState.ERASED)
    rows.update(profile=None, reason="", outbound_id=None, telegram_message_id=None, language="")
    for row_id, broadcast_id, state in found:
        if row_id in over:
            count_in(bot_id, broadcast_id, {RecipientState.ERASED: 1, state: -1})
