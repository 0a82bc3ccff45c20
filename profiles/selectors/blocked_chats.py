from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from profiles.models import Profile


def blocked_chats(*, bot_id: UUID, telegram_ids: Collection[int]) -> set[int]:
    """Those of these chats of a bot whose person was blocked by staff."""
    people = Profile.objects.for_bot(bot_id).filter(telegram_id__in=telegram_ids, blocked_at__isnull=False)
    return set(people.values_list("telegram_id", flat=True))
