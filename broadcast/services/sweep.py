from __future__ import annotations

from uuid import UUID

import structlog

from broadcast.errors import BroadcastError
from broadcast.models import Broadcast, BroadcastShare
from broadcast.services.attribute_replies import attribute_replies
from broadcast.services.lifecycle import finish_if_done, pause_troubled, start_due
from broadcast.services.settle_recipients import reconcile
from broadcast.states import BroadcastState
from core.clock import clock
from core.tenancy import across_bots, in_bot, in_bots

log = structlog.get_logger(__name__)


def sweep() -> list[tuple[UUID, list[UUID]]]:
    """Start what is due, finish what is done, look after what a process that died has left.

    The broadcasts whose audience is to be written into the ledger come back, with their bots.
    """
    now = clock.now()
    with across_bots(reason="broadcasts that are due"):
        live = Broadcast.objects.filter(state__in=["scheduled", "freezing", "running"])
        found = list(live.values_list("id", "bot_ids", "state", "scheduled_at"))
    freezing = []
    for broadcast_id, bot_ids, state, scheduled_at in found:
        try:
            if state == BroadcastState.SCHEDULED and (scheduled_at or now) <= now:
                with in_bots(bot_ids):
                    start_due(broadcast_id=broadcast_id)
                freezing.append((broadcast_id, bot_ids))
            elif state == BroadcastState.FREEZING:
                freezing.append((broadcast_id, bot_ids))
            elif state == BroadcastState.RUNNING:
                with in_bots(bot_ids):
                    finish_if_done(broadcast_id=broadcast_id)
        except BroadcastError as error:
            log.warning("broadcast.sweep_failed", broadcast=str(broadcast_id), error=error.code)
    _reconcile()
    return freezing


def attribute_all() -> int:
    """Note answers to the broadcasts of all bots; how many."""
    with across_bots(reason="answers to broadcasts"):
        bots = set(BroadcastShare.objects.filter(sent__gt=0).values_list("bot_id", flat=True))
    count = 0
    for bot_id in sorted(bots):
        with in_bot(bot_id):
            count += attribute_replies(bot_id=bot_id)
    return count


def _reconcile() -> None:
    with across_bots(reason="broadcasts under way"):
        shares = BroadcastShare.objects.filter(done_at__isnull=True, released__gt=0)
        bots = set(shares.values_list("bot_id", flat=True))
    for bot_id in sorted(bots):
        with in_bot(bot_id):
            troubled = reconcile(bot_id=bot_id)
        for broadcast_id in troubled:
            with in_bot(bot_id):
                pause_troubled(broadcast_id=broadcast_id)
