"""Where somebody is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User

from bots.models import StaffSession
from bots.sign_in import browser_of
from core.clock import clock


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One browser in which somebody is signed in."""

    id: UUID
    browser: str
    address: str
    started_at: datetime
    seen_at: datetime


def sessions_of(*, user: User) -> list[SessionLine]:
    """The sessions of this person that go on, the latest used first."""
    since = clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = StaffSession.objects.filter(user=user, revoked_at__isnull=True, seen_at__gte=since)
    return [
        SessionLine(
            id=row.id,
            browser=browser_of(row.agent),
            address=row.address or "",
            started_at=row.started_at,
            seen_at=row.seen_at,
        )
        for row in rows.order_by("-seen_at", "-id")
    ]
