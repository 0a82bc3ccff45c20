from __future__ import annotations

from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.models import Profile


def set_blocked(*, bot_id: UUID, profile_id: UUID, is_blocked: bool, author_id: int) -> bool:
    """Staff have the bot ignore a person from now on, or hear them again; False if that was so already."""
    rows = Profile.objects.for_bot(bot_id).filter(id=profile_id, blocked_at__isnull=is_blocked)
    is_new = bool(rows.update(blocked_at=clock.now() if is_blocked else None))
    if is_new:
        # `profile.blocked` is what the person does to the bot.
        kind = "profile.barred" if is_blocked else "profile.let_in"
        record_event(bot_id=bot_id, kind=kind, profile_id=profile_id, payload={"by": author_id})
    return is_new
