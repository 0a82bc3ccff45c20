from __future__ import annotations

from uuid import UUID

from profiles.models import Profile


def profiles_of(*, telegram_id: int) -> list[tuple[UUID, UUID]]:
    """The profiles of one person in the bots of the current scope, as (bot, profile)."""
    return list(
        Profile.objects.filter(telegram_id=telegram_id).order_by("bot_id").values_list("bot_id", "id")
    )


def profile_of(*, bot_id: UUID, telegram_id: int) -> UUID | None:
    """The profile of somebody who has consented to this bot; None for everybody else."""
    rows = Profile.objects.for_bot(bot_id).filter(telegram_id=telegram_id, consented_at__isnull=False)
    return rows.values_list("id", flat=True).first()
