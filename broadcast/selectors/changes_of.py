from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broadcast.models import BroadcastChange


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Who did what to a broadcast, and when. Neither a name nor a Telegram id: the product itself."""

    action: str
    state: str
    note: str
    at: datetime
    by: str
    by_telegram_id: int | None


def changes_of(*, broadcast_id: UUID, limit: int = 100) -> list[ChangeLine]:
    """The latest changes, the newest first; one query."""
    rows = BroadcastChange.objects.filter(broadcast_id=broadcast_id).select_related("by")
    return [
        ChangeLine(
            each.action,
            each.state,
            each.note,
            each.at,
            each.by.get_username() if each.by else "",
            each.by_telegram_id,
        )
        for each in rows.order_by("-at", "-id")[:limit]
    ]
