from __future__ import annotations

from uuid import UUID

from profiles.models import Profile


def language_of(*, bot_id: UUID, telegram_id: int) -> str:
    """The language that a person is spoken to in; English for somebody who is not known."""
    language: str | None = (
        Profile.objects.for_bot(bot_id)
        .filter(telegram_id=telegram_id)
        .values_list("language", flat=True)
        .first()
    )
    return language or "en"
