from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from broadcast.figures import count_in
from broadcast.keys import recipients_deleted, recipients_sent
from broadcast.models import BroadcastShare, Recipient
from broadcast.services.withdraw_recipients import take_out
from broadcast.statements import SQL
from broadcast.states import RecipientState
from core.clock import clock

# So many of the last that were tried are looked at before a broadcast is stopped for its errors.
WINDOW = 200
_ERRORS = frozenset({RecipientState.FAILED.value, RecipientState.UNKNOWN.value})
_Figures = defaultdict[UUID, Counter[str]]
_TRIED = _ERRORS | {RecipientState.SENT.value, RecipientState.BLOCKED.value}


def settle_recipients(
    *, bot_id: UUID, outcomes: Iterable[tuple[str, str]], stopped: Mapping[UUID, Sequence[UUID]] | None = None
) -> list[UUID]:
    """Write into the ledger what became of messages that were just marked, in the same transaction.

    `outcomes` are keys and states of outbound messages; `stopped` are recipients by broadcasts that were stopped
    meanwhile, whose messages are back in the outbox: they are taken out of it. The broadcasts of which too much went
    wrong come back: they are to be paused.
    """
    settled = [(key, state) for key, state in outcomes if state != "pending"]
    figures: _Figures = defaultdict(Counter)
    # All recipients before any share, as everybody does who counts: nobody waits in a circle.
    for broadcast_id, withdrawn in (stopped or {}).items():
        count = take_out(bot_id=bot_id, broadcast_id=broadcast_id, ids=withdrawn)
        figures[broadcast_id][RecipientState.RELEASED.value] -= count
    for broadcast_id in _note_deleted(
        bot_id, recipients_deleted(key for key, state in settled if state == "sent")
    ):
        figures[broadcast_id]["deleted"] += 1
    rows = _settle(bot_id, recipients_sent(key for key, _ in settled))
    return _count_all(bot_id, rows, figures)


def reconcile(*, bot_id: UUID) -> list[UUID]:
    """The same for whatever was missed when a process died; the broadcasts that are to be paused."""
    shares = BroadcastShare.objects.for_bot(bot_id).filter(done_at__isnull=True)
    open_ids = list(shares.values_list("broadcast_id", flat=True))
    if not open_ids:
        return []
    # No more than an outbox holds.
    released = Recipient.objects.for_bot(bot_id).filter(
        broadcast_id__in=open_ids, state=RecipientState.RELEASED
    )
    rows = [*_settle(bot_id, list(released.values_list("id", flat=True)))]
    for broadcast_id in open_ids:
        rows += SQL["lost"].rows({"bot_id": bot_id, "broadcast_id": broadcast_id})
    return _count_all(bot_id, rows, defaultdict(Counter))


def _settle(bot_id: UUID, ids: Sequence[UUID]) -> Sequence[Any]:
    return SQL["settle"].rows({"bot_id": bot_id, "ids": list(ids)}) if ids else ()


def _count_all(bot_id: UUID, rows: Iterable[Any], figures: _Figures) -> list[UUID]:
    by_broadcast: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        by_broadcast[row.broadcast_id].append(row)
    troubled = []
    for broadcast_id in sorted({*by_broadcast, *figures}):
        if not by_broadcast[broadcast_id]:
            count_in(bot_id, broadcast_id, figures[broadcast_id])
        elif _count(bot_id, broadcast_id, by_broadcast[broadcast_id], figures[broadcast_id]):
            troubled.append(broadcast_id)
    return troubled


def _count(bot_id: UUID, broadcast_id: UUID, rows: Sequence[Any], more: Mapping[str, int]) -> bool:
    """Count what became of recipients that were in the outbox; whether too much of it is errors."""
    share = (
        BroadcastShare.objects.for_bot(bot_id)
        .select_for_update(of=("self",))
        .select_related("broadcast")
        .get(broadcast_id=broadcast_id)
    )
    marks = "".join("x" if row.state in _ERRORS else "." for row in rows if row.state in _TRIED)
    recent = (share.recent + marks)[-WINDOW:]
    changes = Counter(more)
    changes.update(str(row.state) for row in rows)
    changes[RecipientState.RELEASED.value] -= len(rows)
    times = [row.sent_at for row in rows if row.state == RecipientState.SENT.value]
    others: dict[str, object] = {"recent": recent}
    if times:
        others["last_sent_at"] = max(times)
        if share.first_sent_at is None:
            others["first_sent_at"] = min(times)
    count_in(bot_id, broadcast_id, changes, **others)
    broadcast = share.broadcast
    return "x" in marks and is_troubled(
        recent, percent=broadcast.error_percent, in_row=broadcast.errors_in_row
    )


def is_troubled(recent: str, *, percent: int, in_row: int) -> bool:
    """Whether there are too many errors: of the last 200 in percent, or in a row; 0 switches a rule off. Pure."""
    if in_row and len(recent) - len(recent.rstrip("x")) >= in_row:
        return True
    return bool(percent) and recent.count("x") * 100 >= percent * WINDOW


def _note_deleted(bot_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Note that these were taken back; the broadcast of each."""
    if not ids:
        return []
    rows = Recipient.objects.for_bot(bot_id).filter(id__in=ids, deleted_at__isnull=True)
    found = list(rows.values_list("broadcast_id", flat=True))
    rows.update(deleted_at=clock.now())
    return found
