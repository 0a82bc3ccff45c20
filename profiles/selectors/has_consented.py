from __future__ import annotations

from uuid import UUID

from profiles.models import Profile


def has_consented(*, bot_id: UUID, telegram_id: int) -> bool:
    """Whether more than ids and language may be kept of this person."""
    return (
        Profile.objects.for_bot(bot_id).filter(telegram_id=telegram_id, consented_at__isnull=False).exists()
    )
