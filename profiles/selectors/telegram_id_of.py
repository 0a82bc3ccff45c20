from __future__ import annotations

from uuid import UUID

from profiles.models import Profile


def telegram_id_of(*, bot_id: UUID, profile_id: UUID) -> int | None:
    """The person's number in Telegram; None for somebody who is not known."""
    return Profile.objects.for_bot(bot_id).filter(id=profile_id).values_list("telegram_id", flat=True).first()
