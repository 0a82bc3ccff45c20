from __future__ import annotations

from uuid import UUID

from profiles.models import Profile


def set_marker(*, bot_id: UUID, profile_id: UUID, name: str, value: object) -> bool:
    """Set one marker of a person, leaving the others as they are; False where the person is gone."""
    person = Profile.objects.for_bot(bot_id).select_for_update().filter(id=profile_id).first()
    if person is None:
        return False
    person.markers = {**person.markers, name: value}
    person.save(update_fields=["markers"])
    return True
