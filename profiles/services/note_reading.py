from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.clock import clock
from events.models import Event
from events.services.record_event import record_event

_KIND = "profile.read"
_ONE_READING = timedelta(hours=1)


def note_reading(*, bot_id: UUID, profile_id: UUID, reader_id: int) -> bool:
    """Somebody of the staff has looked at a person's page, where their own sentences stand: that is kept too.

    An hour of looking is one event. False within it.
    """
    lately = Event.objects.for_bot(bot_id).filter(
        profile_id=profile_id, kind=_KIND, created_at__gt=clock.now() - _ONE_READING
    )
    by = {"by": reader_id}
    if lately.filter(payload=by).exists():
        return False
    record_event(bot_id=bot_id, kind=_KIND, profile_id=profile_id, payload=by)
    return True
