from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from broadcast.figures import count_in
from broadcast.keys import recipients_deleted, recipients_sent
from broadcast.models import BroadcastShare, Recipient
from broadcast.statements import SQL
from broadcast.states import RecipientState
from core.clock import clock

# So many of the last that were tried are looked at before a broadcast is stopped for its errors.
WINDOW = 200
_ERRORS = frozenset({RecipientState.FAILED.value, RecipientState.UNKNOWN.value})
_TRIED = _ERRORS | {RecipientState.SENT.value, RecipientState.BLOCKED.value}


def settle_recipients(*, bot_id: UUID, outcomes: Iterable[tuple[str, str]]) -> list[UUID]:
    """Write into the ledger what became of messages that were just marked, in the same transaction.

    `outcomes` are keys and states of outbound messages. The broadcasts of which too much went wrong come back: they
    are to be paused.
    """
    settled = [(key, state) for key, state in outcomes if state != "pending"]
    ids = recipients_sent(key for key, _ in settled)
    deleted = recipients_deleted(key for key, state in settled if state == "sent")
    if deleted:
        _note_deleted(bot_id, deleted)
    return _settle(bot_id, ids) if ids else []


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
    troubled = _settle(bot_id, list(released.values_list("id", flat=True)))
    for broadcast_id in open_ids:
        lost = SQL["lost"].rows({"bot_id": bot_id, "broadcast_id": broadcast_id})
        if lost:
            _count(bot_id, broadcast_id, lost)
    return troubled


def _settle(bot_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    rows = SQL["settle"].rows({"bot_id": bot_id, "ids": list(ids)})
    by_broadcast: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        by_broadcast[row.broadcast_id].append(row)
    return [each for each in sorted(by_broadcast) if _count(bot_id, each, by_broadcast[each])]


def _count(bot_id: UUID, broadcast_id: UUID, rows: Sequence[Any]) -> bool:
    """Count what became of recipients that were in the outbox; whether too much of it is errors."""
    share = (
        BroadcastShare.objects.for_bot(bot_id)
        .select_for_update(of=("self",))
        .select_related("broadcast")
        .get(broadcast_id=broadcast_id)
    )
    marks = "".join("x" if row.state in _ERRORS else "." for row in rows if row.state in _TRIED)
    recent = (share.recent + marks)[-WINDOW:]
    changes = Counter(str(row.state) for row in rows)
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


def _note_deleted(bot_id: UUID, ids: Sequence[UUID]) -> None:
    rows = Recipient.objects.for_bot(bot_id).filter(id__in=ids, deleted_at__isnull=True)
    by_broadcast = Counter(rows.values_list("broadcast_id", flat=True))
    rows.update(deleted_at=clock.now())
    for broadcast_id, count in by_broadcast.items():
        count_in(bot_id, broadcast_id, {"deleted": count})
