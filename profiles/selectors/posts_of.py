from __future__ import annotations

from uuid import UUID

from profiles.models import ChannelPost


def posts_of(*, bot_id: UUID, profile_id: UUID, limit: int = 50) -> list[str]:
    """What a person has posted in a channel of their own, oldest first; the newest `limit` of it."""
    rows = ChannelPost.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("-posted_at")
    return list(reversed(rows.values_list("text", flat=True)[:limit]))
