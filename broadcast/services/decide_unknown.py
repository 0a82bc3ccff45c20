from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from broadcast.changes import locked, move, note_change, wake
from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.figures import count_in
from broadcast.models import Recipient
from broadcast.states import BroadcastState, RecipientState
from core.clock import clock

_GOES_ON = (BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.FINISHED)


def decide_unknown(*, broadcast_id: UUID, bot_id: UUID, recipient_id: UUID, arrived: bool, by: By) -> None:
    """Settle a recipient of whom nobody knew whether the message reached them: it did, or it is sent again.

    Raises BroadcastError: `unknown` (no such broadcast), `not_unknown` (somebody else was faster), `state` where
    it is cancelled and nothing can be sent again, `erased`.
    """
    with transaction.atomic():
        broadcast = locked(broadcast_id)
        rows = Recipient.objects.for_bot(bot_id).filter(broadcast_id=broadcast.id, id=recipient_id)
        row = rows.select_for_update(of=("self",)).first()
        if row is None or row.state != RecipientState.UNKNOWN:
            raise BroadcastError("not_unknown", _("Of this one it is known already."))
        changes = {RecipientState.UNKNOWN.value: -1}
        if arrived:
            row.state = RecipientState.SENT.value
            row.sent_at = row.sent_at or row.released_at or clock.now()
            row.reason = ""
            row.save(update_fields=["state", "sent_at", "reason"])
            count_in(bot_id, broadcast.id, {**changes, RecipientState.SENT.value: 1})
            note_change(broadcast, by=by, action="arrived", note=str(recipient_id))
            return
        if broadcast.state not in _GOES_ON:
            raise BroadcastError("state", _("It is cancelled: nothing is sent any more."))
        if row.profile_id is None:
            raise BroadcastError("erased", _("This person was erased."))
        row.state, row.reason = RecipientState.WAITING.value, ""
        row.outbound_id = row.released_at = row.sent_at = row.not_before = None
        row.save(update_fields=["state", "reason", "outbound_id", "released_at", "sent_at", "not_before"])
        count_in(bot_id, broadcast.id, changes, done_at=None)
        if broadcast.state == BroadcastState.FINISHED:
            move(broadcast, BroadcastState.RUNNING, by=by, action="sent_again", note=str(recipient_id))
        else:
            note_change(broadcast, by=by, action="sent_again", note=str(recipient_id))
            wake(broadcast)
