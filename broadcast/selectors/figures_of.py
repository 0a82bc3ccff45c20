from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final
from uuid import UUID

from django.db.models import Max, Min, Sum

from broadcast.contracts import Figures
from broadcast.models import BroadcastShare

_TIMES: Final = ("first_sent_at", "last_sent_at")
_COUNTS: Final = tuple(each.name for each in fields(Figures) if each.name not in _TIMES)


@dataclass(frozen=True, slots=True)
class BotFigures:
    """One bot's part. `is_frozen`: its ledger is whole; `is_done`: nothing of it is outstanding."""

    bot_id: UUID
    name: str
    figures: Figures
    is_frozen: bool
    is_done: bool


def figures_of(*, broadcast_ids: Iterable[UUID]) -> Mapping[UUID, Figures]:
    """How broadcasts stand over all of their bots; one query, nothing of those that were never started."""
    sums: dict[str, Any] = {name: Sum(name) for name in _COUNTS}
    sums |= {"first_sent_at": Min("first_sent_at"), "last_sent_at": Max("last_sent_at")}
    rows: Any = (
        BroadcastShare.objects.filter(broadcast_id__in=list(broadcast_ids))
        .order_by()
        .values("broadcast_id")
        .annotate(**{f"all_{name}": each for name, each in sums.items()})
    )
    return {
        row["broadcast_id"]: Figures(**{name: row[f"all_{name}"] for name in (*_COUNTS, *_TIMES)})
        for row in rows
    }


def figures_by_bot(*, broadcast_id: UUID) -> list[BotFigures]:
    """The same for each of its bots, by name; one query."""
    shares = BroadcastShare.objects.filter(broadcast_id=broadcast_id).select_related("bot")
    return [
        BotFigures(
            share.bot_id,
            share.bot.name,
            Figures(**{name: getattr(share, name) for name in (*_COUNTS, *_TIMES)}),
            share.frozen_at is not None,
            share.done_at is not None,
        )
        for share in shares.order_by("bot__name", "bot_id")
    ]


def summed(parts: Iterable[BotFigures]) -> Figures:
    """Figures of several bots as one. Pure."""
    found = [each.figures for each in parts]
    first = [each.first_sent_at for each in found if each.first_sent_at]
    last = [each.last_sent_at for each in found if each.last_sent_at]
    return Figures(
        **{name: sum(getattr(each, name) for each in found) for name in _COUNTS},
        first_sent_at=min(first, default=None),
        last_sent_at=max(last, default=None),
    )
