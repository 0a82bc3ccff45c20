from __future__ import annotations

from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.models import Profile


def pause_person(*, bot_id: UUID, profile_id: UUID, author_id: int | None = None) -> bool:
    """The bot starts nothing by itself with this person any more; False if that was so already."""
    rows = Profile.objects.for_bot(bot_id).filter(id=profile_id, paused_at__isnull=True)
    is_new = bool(rows.update(paused_at=clock.now()))
    if is_new:
        _record("profile.paused", bot_id, profile_id, author_id)
    return is_new


def resume_person(*, bot_id: UUID, profile_id: UUID, author_id: int | None = None) -> bool:
    """The bot may write first again; False if it might already."""
    rows = Profile.objects.for_bot(bot_id).filter(id=profile_id, paused_at__isnull=False)
    is_new = bool(rows.update(paused_at=None))
    if is_new:
        _record("profile.resumed", bot_id, profile_id, author_id)
    return is_new


def _record(kind: str, bot_id: UUID, profile_id: UUID, author_id: int | None) -> None:
    by = {} if author_id is None else {"by": author_id}
    record_event(bot_id=bot_id, kind=kind, profile_id=profile_id, payload=by)
