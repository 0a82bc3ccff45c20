from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from broadcast.models import Broadcast


def broadcasts_titled(*, bot_ids: Collection[UUID], term: str, most: int) -> list[Broadcast]:
    """Broadcasts whose title holds the term and of which all bots are among these, the newest first."""
    mine = Broadcast.objects.filter(bot_ids__contained_by=list(bot_ids), title__icontains=term)
    return list(mine.order_by("-created_at", "-id").only("id", "title")[:most])
