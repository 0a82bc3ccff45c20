from __future__ import annotations

from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.models import Consent, Profile


def mark_underage(*, bot_id: UUID, profile_id: UUID) -> None:
    """The person said that they are under 18: consent ends, and they are coached no more."""
    now = clock.now()
    Profile.objects.for_bot(bot_id).filter(id=profile_id).update(is_underage=True, consented_at=None)
    Consent.objects.for_bot(bot_id).filter(profile_id=profile_id, withdrawn_at=None).update(withdrawn_at=now)
    record_event(bot_id=bot_id, kind="profile.underage", profile_id=profile_id)
