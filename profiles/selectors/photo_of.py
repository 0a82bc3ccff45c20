from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from profiles.models import Profile


@dataclass(frozen=True, slots=True)
class Photo:
    """Whose picture, and which: Telegram's id of it, another one for another picture."""

    telegram_id: int
    photo_id: str


def photo_of(*, bot_id: UUID, profile_id: UUID) -> Photo | None:
    """The picture that a person shows in Telegram; None for nobody, and for whoever shows none."""
    people = Profile.objects.for_bot(bot_id).filter(id=profile_id).exclude(photo_id="")
    row = people.values_list("telegram_id", "photo_id").first()
    return Photo(*row) if row else None
