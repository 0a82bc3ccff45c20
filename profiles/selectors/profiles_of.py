from __future__ import annotations

from uuid import UUID

from profiles.models import Profile


def profiles_of(*, telegram_id: int) -> list[tuple[UUID, UUID]]:
    """The profiles of one person in the bots of the current scope, as (bot, profile)."""
    return list(
        Profile.objects.filter(telegram_id=telegram_id).order_by("bot_id").values_list("bot_id", "id")
    )
