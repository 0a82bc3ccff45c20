"""How a broadcast goes from one state to another: under its lock, with who did it and when."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from broadcast.contracts import By
from broadcast.errors import BroadcastError
from broadcast.models import Broadcast, BroadcastChange
from broadcast.states import BroadcastState, may_follow
from core.clock import clock
from core.ids import new_id
from core.sql import notify
from core.tenancy import visible_bots
from core.work import ask_for_task
from events.services.record_event import record_event
from mailbox.services.post import CHANNEL as MAIL

# The task that writes a broadcast's audience into its ledger; the sweep of broadcasts asks for it, too.
FREEZE = "broadcast.tasks.freeze_broadcast"

_TOLD = {
    BroadcastState.RUNNING: "broadcast.running",
    BroadcastState.PAUSED: "broadcast.paused",
    BroadcastState.FINISHED: "broadcast.finished",
    BroadcastState.CANCELLED: "broadcast.cancelled",
}


def locked(broadcast_id: UUID) -> Broadcast:
    """The broadcast, nobody else's until the transaction ends.

    Raises BroadcastError `broadcast.unknown` where there is none, or where one of its bots is out of scope.
    """
    # Its key does not change: whoever writes rows that refer to it goes on meanwhile.
    broadcast = Broadcast.objects.select_for_update(no_key=True).filter(id=broadcast_id).first()
    if broadcast is None or not set(broadcast.bot_ids) <= set(visible_bots() or ()):
        raise BroadcastError("unknown", _("There is no such broadcast."))
    return broadcast


def move(
    broadcast: Broadcast, to: BroadcastState, *, by: By, action: str, note: str = "", reason: str = ""
) -> None:
    """Bring a locked broadcast into another state and write down who did. Raises BroadcastError `broadcast.state`."""
    if not may_follow(broadcast.state, to):
        raise BroadcastError("state", _("This cannot be done with a broadcast in this state."))
    broadcast.state = to.value
    broadcast.reason = reason
    if to == BroadcastState.FREEZING and broadcast.started_at is None:
        broadcast.started_at = clock.now()
    if to in (BroadcastState.FINISHED, BroadcastState.CANCELLED):
        broadcast.finished_at = clock.now()
    if to == BroadcastState.RUNNING:
        broadcast.finished_at = None
    if to == BroadcastState.FREEZING:
        ask_for_task(FREEZE, str(broadcast.id), [str(each) for each in broadcast.bot_ids])
    note_change(broadcast, by=by, action=action, note=note)
    kind = _TOLD.get(to)
    for bot_id in broadcast.bot_ids if kind else ():
        record_event(
            bot_id=bot_id, kind=str(kind), payload={"broadcast": str(broadcast.id), "reason": reason}
        )
    wake(broadcast)


def note_change(broadcast: Broadcast, *, by: By, action: str, note: str = "") -> None:
    """Save the broadcast and write down who changed it."""
    broadcast.changed_at = clock.now()
    broadcast.save()
    BroadcastChange.objects.create(
        id=new_id(),
        broadcast=broadcast,
        bot_ids=broadcast.bot_ids,
        action=action,
        state=broadcast.state,
        note=note[:300],
        by_id=by.user_id,
        by_telegram_id=by.telegram_id,
        at=broadcast.changed_at,
    )


def wake(broadcast: Broadcast) -> None:
    """Let whoever runs the bots look, once the transaction has committed."""
    for bot_id in broadcast.bot_ids:
        notify(MAIL, str(bot_id))
