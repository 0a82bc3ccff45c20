from __future__ import annotations

from uuid import UUID

from core.clock import clock
from profiles.models import Finding, Profile
from profiles.services.keep_findings import current, derive


def drop_finding(*, bot_id: UUID, profile_id: UUID, finding_id: UUID) -> bool:
    """The person strikes a line out: nothing of it stays but a digest, by which it is not found again.

    False where the line is not theirs or holds no longer.
    """
    person = Profile.objects.for_bot(bot_id).select_for_update().filter(id=profile_id).first()
    row = current(person).filter(id=finding_id).first() if person else None
    if person is None or row is None:
        return False
    strike_out(row)
    derive(person)
    return True


def strike_out(row: Finding) -> None:
    """Keep the digest of a line, and nothing else of it."""
    row.value = row.sentence = ""
    row.is_refused, row.ended_at = True, clock.now()
    row.save(update_fields=["value", "sentence", "is_refused", "ended_at"])
