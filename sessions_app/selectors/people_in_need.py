from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sessions_app.models import InboxItem, Need


def people_in_need(
    *, bot_ids: Collection[UUID], is_crisis: bool = False, most: int
) -> list[tuple[UUID, UUID]]:
    """People, as (bot, profile), who need a human, since lately first; with `is_crisis` those with a sign of crisis."""
    items = InboxItem.objects.filter(bot_id__in=bot_ids, needed_at__isnull=False)
    if is_crisis:
        items = items.filter(need=Need.CRISIS)
    rows = items.order_by("-needed_at", "id").values_list("bot_id", "conversation__profile_id")[:most]
    return list(dict.fromkeys(rows))
