"""What staff ask to be done with a whole shelf is done in the background, a slice at a time, and can be watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from core.actor import acting
from core.clock import clock
from core.tenancy import in_bot
from core.work import ask_for_task
from events.services.record_event import record_event
from mailbox.models import Clearing, ClearingState
from mailbox.selectors.queue_rows import shelf_rows
from mailbox.services.tend_queue import tend_queue
from mailbox.shelves import ACTS, Act, QueueError, Shelf

TASK: Final = "mailbox.tasks.clear_shelf"
SLICE: Final = 500
# Without a sign of life for so long, whoever went on with it is gone.
_SILENCE: Final = timedelta(minutes=3)


def want_clearing(
    *, bot_id: UUID, shelf: Shelf, act: Act, kind: str, reason: str, by: int, address: str
) -> int:
    """Ask for something to be done with all rows of a shelf that are alike; how many there are now.

    Raises QueueError: `not_here` for what cannot be done there, `under_way` while this shelf is being worked on.
    """
    if act not in ACTS[shelf]:
        raise QueueError("not_here", _("This cannot be done with these rows."))
    found = shelf_rows(bot_id=bot_id, shelf=shelf, kind=kind, reason=reason).aggregate(
        count=Count("id"), until=Max("seq")
    )
    if not found["count"]:
        return 0
    asked = Clearing(
        bot_id=bot_id,
        action=act,
        shelf=shelf,
        kind=kind,
        reason=reason,
        until_seq=found["until"],
        total=found["count"],
        asked_by=by,
        address=address[:45],
        wanted_at=clock.now(),
    )
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        raise QueueError("under_way", _("Somebody is at it already: wait until it is done.")) from None
    ask_for_task(TASK, str(bot_id), str(asked.id))
    return int(found["count"])


@dataclass(frozen=True, slots=True)
class Cleared:
    """Whether nothing is left to go on with, and what it could be done with now."""

    is_done: bool
    rows: int


def clear_shelf(*, bot_id: UUID, clearing_id: UUID, must_stop: Callable[[], bool]) -> Cleared:
    """Go on with what was asked for, each slice in a transaction of its own.

    Done also where somebody else goes on with it.
    """
    with in_bot(bot_id):
        clearing = _take(bot_id, clearing_id)
    if clearing is None:
        return Cleared(is_done=True, rows=0)
    before = clearing.done
    while True:
        with acting(user_id=clearing.asked_by, address=clearing.address), in_bot(bot_id):
            is_over = _slice(clearing)
        if is_over:
            return Cleared(is_done=True, rows=clearing.done - before)
        if must_stop():
            with in_bot(bot_id):
                Clearing.objects.for_bot(bot_id).filter(id=clearing_id).update(state=ClearingState.WANTED)
            return Cleared(is_done=False, rows=clearing.done - before)


def clearings_to_go_on_with(*, bot_id: UUID) -> list[UUID]:
    """Those of a bot that nobody goes on with."""
    silent = Q(beat_at__isnull=True) | Q(beat_at__lt=clock.now() - _SILENCE)
    free = Q(state=ClearingState.WANTED) | Q(state=ClearingState.RUNNING) & silent
    return list(
        Clearing.objects.for_bot(bot_id).filter(free).order_by("wanted_at").values_list("id", flat=True)
    )


def _take(bot_id: UUID, clearing_id: UUID) -> Clearing | None:
    if clearing_id not in clearings_to_go_on_with(bot_id=bot_id):
        return None
    rows = Clearing.objects.for_bot(bot_id).filter(id=clearing_id)
    clearing = rows.select_for_update(skip_locked=True).first()
    if clearing is None or clearing.state == ClearingState.DONE:
        return None
    clearing.state, clearing.beat_at = ClearingState.RUNNING, clock.now()
    clearing.save(update_fields=["state", "beat_at"])
    return clearing


def _slice(clearing: Clearing) -> bool:
    rows = shelf_rows(
        bot_id=clearing.bot_id, shelf=Shelf(clearing.shelf), kind=clearing.kind, reason=clearing.reason
    )
    found = list(
        rows.filter(seq__gt=clearing.after_seq, seq__lte=clearing.until_seq)
        .order_by("seq")
        .values_list("id", "seq")[:SLICE]
    )
    now = clock.now()
    if found:
        ids = [row_id for row_id, _seq in found]
        clearing.done += tend_queue(
            bot_id=clearing.bot_id, act=Act(clearing.action), ids=ids, by=clearing.asked_by
        )
        clearing.looked_at += len(found)
        clearing.after_seq = found[-1][1]
    is_over = len(found) < SLICE
    clearing.beat_at = now
    if is_over:
        clearing.state, clearing.ended_at = ClearingState.DONE, now
        record_event(
            bot_id=clearing.bot_id,
            kind="queue.cleared",
            payload={
                "by": clearing.asked_by,
                "action": clearing.action,
                "looked_at": clearing.looked_at,
                "done": clearing.done,
            },
        )
    clearing.save(update_fields=["done", "looked_at", "after_seq", "beat_at", "state", "ended_at"])
    return is_over
