from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from bots.models import StaffSession
from core.clock import clock

# Staff see when a browser was used last to the minute; not each of its requests writes.
_NOTED_AGAIN = timedelta(minutes=1)
_AGENT_SHOWN = 300


def note_session(*, user_id: int, session_id: str | None, address: str | None, agent: str) -> UUID | None:
    """The id of this browser's session, made where there is none yet; None where somebody has ended it."""
    now = clock.now()
    row = StaffSession.objects.filter(id=session_id, user_id=user_id).first() if session_id else None
    if row is None:
        lived = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        StaffSession.objects.filter(user_id=user_id, seen_at__lt=now - lived).delete()
        row = StaffSession.objects.create(
            user_id=user_id, address=address, agent=agent[:_AGENT_SHOWN], started_at=now, seen_at=now
        )
    elif row.revoked_at is not None:
        return None
    elif now - row.seen_at >= _NOTED_AGAIN or row.address != address:
        StaffSession.objects.filter(id=row.id).update(
            seen_at=now, address=address, agent=agent[:_AGENT_SHOWN]
        )
    return row.id
