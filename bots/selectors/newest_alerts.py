from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, F, Window

from bots.alerts import parted
from bots.selectors.open_alerts import alerts_for


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that waits for somebody; `bot` is empty for what concerns the installation."""

    id: UUID
    bot: str
    kind: str
    label: str
    subject: str
    detail: str
    times: int
    last_at: datetime


def newest_alerts(
    *, user: User, bot_ids: Collection[UUID], is_one_bot: bool = False, most: int
) -> tuple[int, tuple[OpenAlert, ...]]:
    """How many alerts of these bots wait, and the newest of them; the installation's too for its owners.

    `is_one_bot`: only what concerns these bots is asked for.
    """
    waiting = alerts_for(user=user, bot_ids=bot_ids).filter(acknowledged_at__isnull=True)
    if is_one_bot:
        waiting = waiting.filter(bot_id__in=bot_ids)
    rows = list(
        waiting.annotate(all=Window(Count("id")), bot_name=F("bot__name")).order_by("-last_at", "id")[:most]
    )
    found = tuple(
        OpenAlert(
            id=row.id,
            bot=row.bot_name or "",
            kind=row.kind,
            label=row.get_kind_display(),
            subject=row.subject,
            detail=parted(row.detail)[0],
            times=row.count,
            last_at=row.last_at,
        )
        for row in rows
    )
    return (rows[0].all if rows else 0), found
