from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from bots.models import Bot
from broadcast.contracts import Figures
from broadcast.models import Broadcast
from broadcast.selectors.figures_of import figures_of

# The time at which a broadcast was written, and its id: where a page ends.
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class BroadcastLine:
    """A broadcast in the list, with its figures."""

    broadcast: Broadcast
    bots: tuple[str, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class BroadcastList:
    """A page of broadcasts, the newest first; `next` is where the following one begins, None on the last."""

    lines: tuple[BroadcastLine, ...]
    next: Place | None


def broadcast_list(
    *,
    bot_ids: Sequence[UUID],
    bot_id: UUID | None = None,
    state: str = "",
    limit: int,
    before: Place | None = None,
) -> BroadcastList:
    """Broadcasts of which all bots are among these; of one bot or state if asked. Three queries, however many."""
    found = Broadcast.objects.filter(bot_ids__contained_by=list(bot_ids)).defer("content")
    if bot_id is not None:
        found = found.filter(bot_ids__contains=[bot_id])
    if state:
        found = found.filter(state=state)
    if before is not None:
        at, last = before
        found = found.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(id__lt=last))
    rows = list(found.order_by("-created_at", "-id")[: limit + 1])
    page = rows[:limit]
    figures = figures_of(broadcast_ids=[each.id for each in page])
    wanted = {bot for each in page for bot in each.bot_ids}
    names = dict(Bot.objects.filter(id__in=wanted).values_list("id", "name"))
    lines = tuple(
        BroadcastLine(
            each,
            tuple(sorted(names[bot] for bot in each.bot_ids if bot in names)),
            figures.get(each.id, Figures()),
        )
        for each in page
    )
    return BroadcastList(lines, (page[-1].created_at, page[-1].id) if len(rows) > limit else None)
