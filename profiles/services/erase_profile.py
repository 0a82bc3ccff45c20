from __future__ import annotations

from uuid import UUID

from events.services.record_event import record_event
from profiles.erasing import erase_above
from profiles.models import Profile


def erase_profile(*, bot_id: UUID, profile_id: UUID) -> None:
    """Remove the person with all that refers to them; that it happened is kept, to whom is not."""
    erase_above(bot_id=bot_id, profile_id=profile_id)
    rows = Profile.objects.for_bot(bot_id).filter(id=profile_id)
    # The database cascades; Django's collector would fetch every message first.
    if rows._raw_delete(rows.db):
        record_event(bot_id=bot_id, kind="profile.erased")
