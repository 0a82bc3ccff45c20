from __future__ import annotations

from uuid import UUID

import structlog
from django.contrib.auth.models import User

from bots.models import StaffSession
from core.clock import clock

log = structlog.get_logger(__name__)


def revoke_session(*, user: User, session_id: UUID, by: User) -> bool:
    """End this person's session in one browser, with its next request; whether there was one to end."""
    return _revoke(user, by, id=session_id) > 0


def revoke_sessions(*, user: User, by: User, keep: UUID | None = None) -> int:
    """End all of this person's sessions, but for the one to keep; how many."""
    return _revoke(user, by, keep=keep)


def forget_session(*, session_id: str) -> None:
    """The person has signed out in this browser."""
    StaffSession.objects.filter(id=session_id).delete()


def _revoke(user: User, by: User, *, keep: UUID | None = None, **which: UUID) -> int:
    rows = StaffSession.objects.filter(user=user, revoked_at__isnull=True, **which)
    if keep is not None:
        rows = rows.exclude(id=keep)
    count = rows.update(revoked_at=clock.now())
    if count:
        log.info("sign_in.sessions_revoked", user=user.pk, by=by.pk, sessions=count)
    return count
