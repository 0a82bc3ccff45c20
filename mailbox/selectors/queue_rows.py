"""The rows of a shelf, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Length

from bots.models import BotStatus
from core.clock import clock
from mailbox.models import InboundOutcome, InboundUpdate, OutboundMessage, OutboundState
from mailbox.shelves import Group, QueueRow, Shelf

# Of so many rows it is told how they group.
_GROUPED: Final = 5_000
_MOST_GROUPS: Final = 12


def shelf_rows(*, bot_id: UUID, shelf: Shelf, kind: str = "", reason: str = "") -> QuerySet[Any]:
    """All that lies on a bot's shelf, narrowed to a kind (of outbound rows: a method) and a reason."""
    rows: QuerySet[Any]
    if shelf.is_inbound:
        rows = InboundUpdate.objects.for_bot(bot_id)
        rows = (
            rows.filter(settled_at__isnull=True)
            if shelf is Shelf.WAITING
            else rows.filter(outcome=InboundOutcome.BURIED)
        )
        names = {"kind": kind, "reason": reason}
    else:
        rows = OutboundMessage.objects.for_bot(bot_id)
        rows = (
            rows.filter(settled_at__isnull=True)
            if shelf is Shelf.OUTGOING
            # By the error, which its index knows.
            else rows.exclude(error="").filter(
                settled_at__isnull=False, state__in=[OutboundState.FAILED, OutboundState.UNKNOWN]
            )
        )
        names = {"method": kind, "error": reason}
    return rows.filter(**{name: value for name, value in names.items() if value})


def queue_rows(
    *,
    bot_id: UUID,
    shelf: Shelf,
    kind: str = "",
    reason: str = "",
    beyond: int | None = None,
    limit: int = 50,
) -> list[QueueRow]:
    """A page of a shelf: of what is open the oldest first, of what is over the newest first, from a `seq` on."""
    rows = shelf_rows(bot_id=bot_id, shelf=shelf, kind=kind, reason=reason)
    is_open = shelf in {Shelf.WAITING, Shelf.OUTGOING}
    if beyond is not None:
        rows = rows.filter(**{"seq__gt" if is_open else "seq__lt": beyond})
    return _shown(rows.order_by("seq" if is_open else "-seq"), shelf, limit)


def queue_row(*, bot_id: UUID, shelf: Shelf, row_id: UUID) -> QueueRow | None:
    """One row; None for one that lies there no more."""
    found = _shown(shelf_rows(bot_id=bot_id, shelf=shelf).filter(id=row_id), shelf, 1)
    return found[0] if found else None


def known_rows(*, bot_id: UUID, shelf: Shelf, ids: Collection[UUID]) -> set[UUID]:
    """Those of these rows that are in the bot's queue, wherever in it they lie by now."""
    model = InboundUpdate if shelf.is_inbound else OutboundMessage
    rows: QuerySet[Any] = model._default_manager.filter(bot_id=bot_id, id__in=ids)
    return set(rows.values_list("id", flat=True))


def queue_groups(*, bot_id: UUID, shelf: Shelf) -> list[Group]:
    """How a shelf's rows group by kind and reason, the largest groups first."""
    kind, reason = _names(shelf)
    rows = shelf_rows(bot_id=bot_id, shelf=shelf).order_by("-seq").values("id", kind, reason)[:_GROUPED]
    model = InboundUpdate if shelf.is_inbound else OutboundMessage
    counted = (
        model._default_manager.filter(bot_id=bot_id, id__in=rows.values("id"))
        .values(kind, reason)
        .annotate(count=Count("id"))
        .order_by("-count", kind, reason)[:_MOST_GROUPS]
    )
    return [Group(each[kind], each[reason], each["count"]) for each in counted]


def queue_content(*, bot_id: UUID, shelf: Shelf, row_id: UUID) -> bytes | dict[str, Any]:
    """What a row says: of an inbound one its bytes, of an outbound one its parameters. Private."""
    name = "payload" if shelf.is_inbound else "params"
    found = shelf_rows(bot_id=bot_id, shelf=shelf).filter(id=row_id).values_list(name, flat=True).first()
    if found is None:
        return b"" if shelf.is_inbound else {}
    return bytes(found) if shelf.is_inbound else found


def _names(shelf: Shelf) -> tuple[str, str]:
    return ("kind", "reason") if shelf.is_inbound else ("method", "error")


def _shown(rows: QuerySet[Any], shelf: Shelf, limit: int) -> list[QueueRow]:
    now = clock.now()
    if shelf.is_inbound:
        holder = (
            BotStatus.objects.filter(bot_id=OuterRef("bot_id"))
            .exclude(lease_holder="")
            .values("lease_epoch")[:1]
        )
        found = rows.annotate(size=Length("payload"), holder=Subquery(holder)).defer("payload")[:limit]
        return [_inbound(row, now) for row in found]
    return [_outbound(row, now) for row in rows.defer("params")[:limit]]


def _inbound(row: Any, now: datetime) -> QueueRow:
    return QueueRow(
        id=row.id,
        seq=row.seq,
        kind=row.kind,
        state=_inbound_state(row, now),
        reason=row.reason,
        attempts=row.attempts,
        chat_id=row.user_id or 0,
        at=row.received_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        size=row.size,
    )


def _inbound_state(row: Any, now: datetime) -> str:
    if row.outcome:
        return str(row.outcome)
    if row.due_at > now:
        return "later"
    return "held" if row.attempts and row.epoch == row.holder else "waiting"


def _outbound(row: Any, now: datetime) -> QueueRow:
    state = {OutboundState.PENDING.value: "waiting", OutboundState.SENDING.value: "held"}.get(
        row.state, row.state
    )
    return QueueRow(
        id=row.id,
        seq=row.seq,
        kind=row.method,
        state="later" if state == "waiting" and row.not_before > now else state,
        reason=row.error,
        attempts=row.attempts,
        chat_id=row.chat_id,
        at=row.created_at,
        due_at=row.not_before,
        settled_at=row.settled_at,
        size=0,
        priority=row.priority,
        is_farewell=row.is_farewell,
    )
