from __future__ import annotations

from uuid import UUID

from profiles.models import Profile


def change_language(*, bot_id: UUID, profile_id: UUID, language: str) -> None:
    """From now on the person is spoken to in this language ("ru" or "en")."""
    Profile.objects.for_bot(bot_id).filter(id=profile_id).update(language=language)
