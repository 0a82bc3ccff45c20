from __future__ import annotations

from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.models import Consent, Profile

# The wording that people agree to; a new wording gets a new name, and asks again.
TERMS = "2026-11"


def give_consent(
    *, bot_id: UUID, profile_id: UUID, language: str, first_name: str, last_name: str, username: str
) -> bool:
    """Keep that the person agreed and is an adult; from now on their names may be kept. False if they had before."""
    now = clock.now()
    is_new = (
        Profile.objects.for_bot(bot_id)
        .filter(id=profile_id, consented_at=None)
        .update(
            consented_at=now, is_underage=False, first_name=first_name, last_name=last_name, username=username
        )
    )
    if is_new:
        Consent.objects.bulk_create(
            [Consent(bot_id=bot_id, profile_id=profile_id, terms=TERMS, language=language, given_at=now)]
        )
        record_event(bot_id=bot_id, kind="consent.given", profile_id=profile_id, payload={"terms": TERMS})
    return bool(is_new)
