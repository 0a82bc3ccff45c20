from __future__ import annotations

from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.models import Profile
from profiles.services.set_marker import set_marker

_MARKER = "adult_vouched"


def lift_underage(*, bot_id: UUID, profile_id: UUID, author_id: int | None = None) -> bool:
    """Staff have made sure that the person is an adult: they may agree again. False if nobody said otherwise.

    The consent that ended stays ended: it is theirs to give. A birthday in Telegram does not undo this.
    """
    rows = Profile.objects.for_bot(bot_id).filter(id=profile_id, is_underage=True)
    if not rows.update(is_underage=False):
        return False
    set_marker(bot_id=bot_id, profile_id=profile_id, name=_MARKER, value=clock.now().date().isoformat())
    by = {} if author_id is None else {"by": author_id}
    record_event(bot_id=bot_id, kind="profile.underage_lifted", profile_id=profile_id, payload=by)
    return True


def is_vouched_for(person: Profile) -> bool:
    """Whether staff have made sure that this person is an adult."""
    return _MARKER in person.markers
