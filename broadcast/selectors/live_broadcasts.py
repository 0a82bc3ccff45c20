from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from broadcast.models import Broadcast
from broadcast.states import UNDER_WAY, BroadcastState


@dataclass(frozen=True, slots=True)
class LiveBroadcast:
    """A broadcast that is under way, or waits for its time, and how far it is.

    `reached` are those of `total` of whom nothing more is to come.
    """

    id: UUID
    title: str
    state: str
    label: str
    reached: int
    total: int
    errors: int
    scheduled_at: datetime | None


def live_broadcasts(
    *, bot_ids: Collection[UUID], bot_id: UUID | None = None, most: int
) -> list[LiveBroadcast]:
    """Broadcasts of which all bots are among these, of one of them if asked: those that began last first. One query."""
    states = [each.value for each in (*UNDER_WAY, BroadcastState.SCHEDULED)]
    found = Broadcast.objects.filter(state__in=states, bot_ids__contained_by=list(bot_ids))
    if bot_id is not None:
        found = found.filter(bot_ids__contains=[bot_id])
    figures = ("total", "sent", "blocked", "failed", "unknown", "held", "control", "erased")
    rows = (
        found.defer("content", "criteria")
        .annotate(**{f"of_{name}": Sum(f"shares__{name}", default=0) for name in figures})
        .order_by("-started_at", "-created_at", "id")[:most]
    )
    return [_line(row) for row in rows]


def _line(row: Broadcast) -> LiveBroadcast:
    of = {name.removeprefix("of_"): count for name, count in vars(row).items() if name.startswith("of_")}
    return LiveBroadcast(
        id=row.id,
        title=row.title,
        state=row.state,
        label=row.get_state_display(),
        reached=sum(
            of[name] for name in ("sent", "blocked", "failed", "unknown", "held", "control", "erased")
        ),
        total=of["total"],
        errors=of["failed"],
        scheduled_at=row.scheduled_at,
    )
