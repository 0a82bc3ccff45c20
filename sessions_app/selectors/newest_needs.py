from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, Subquery, Value

from core.clock import clock
from sessions_app.models import InboxItem


@dataclass(frozen=True, slots=True)
class Needed:
    """A conversation that a human should look at, and why; nothing that was said in it."""

    bot_id: UUID
    bot: str
    conversation_id: UUID
    profile_id: UUID
    name: str
    need: str
    reason: str
    since: datetime


def newest_needs(*, bot_ids: Collection[UUID], most: int) -> tuple[int, tuple[Needed, ...]]:
    """How many conversations of these bots need a human and are not put off, and those that do since lately."""
    is_due = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=clock.now())
    due = InboxItem.objects.filter(is_due, bot_id__in=bot_ids, needed_at__isnull=False)
    person = "conversation__profile"
    rows = list(
        # Chosen before they are named: otherwise everybody who waits is looked up among all people.
        InboxItem.objects.filter(
            bot_id__in=bot_ids, pk__in=due.order_by("-needed_at", "id").values("pk")[:most]
        )
        .annotate(
            all=Subquery(due.order_by().values(one=Value(1)).annotate(count=Count("pk")).values("count")),
            bot_name=F("bot__name"),
            person_id=F(f"{person}__id"),
            first_name=F(f"{person}__first_name"),
            telegram_id=F(f"{person}__telegram_id"),
        )
        .order_by("-needed_at", "id")
    )
    found = tuple(
        Needed(
            bot_id=row.bot_id,
            bot=row.bot_name,
            conversation_id=row.conversation_id,
            profile_id=row.person_id,
            name=row.first_name or str(row.telegram_id),
            need=row.need,
            reason=row.get_need_display(),
            since=row.needed_at or clock.now(),
        )
        for row in rows
    )
    return (rows[0].all if rows else 0), found
