from __future__ import annotations

from uuid import UUID

from core.clock import clock
from profiles.contracts import Found
from profiles.findings import ADULT, SINGLE, age_on, sensible_value
from profiles.models import Finding, Profile
from profiles.services.drop_finding import strike_out
from profiles.services.keep_findings import current, derive, digest_of, keep_findings


def correct_finding(*, bot_id: UUID, profile_id: UUID, finding_id: UUID, value: str) -> bool:
    """The person says how a line should be: theirs holds from now on, and the old one is not found again.

    False, and nothing happens, where the line is not theirs or holds no longer, or where the value makes no sense
    for it.
    """
    person = Profile.objects.for_bot(bot_id).select_for_update().filter(id=profile_id).first()
    if person is None:
        return False
    row = current(person).filter(id=finding_id).first()
    today = clock.now().date()
    said = sensible_value(row.kind, value, today=today) if row else None
    if row is None or said is None or _is_underage(row.kind, said):
        return False
    kind = row.kind
    if digest_of(person.id, kind, said) != row.digest:
        strike_out(row)
    # Struck out before, and now said by the person themselves: it may be known again.
    Finding.objects.for_bot(bot_id).filter(
        profile_id=profile_id, kind=kind, digest=digest_of(person.id, kind, said), is_refused=True
    ).delete()
    keep_findings(bot_id=bot_id, profile_id=profile_id, found=[Found(kind, said)], origin="person")
    person.refresh_from_db()
    derive(person)
    return True


def _is_underage(kind: str, said: str) -> bool:
    """Who is under age is turned away elsewhere; it is not corrected here in passing."""
    today = clock.now().date()
    if kind not in SINGLE:
        return False
    age = int(said) if kind == "age" else age_on(said, today) if kind == "birthday" else None
    return age is not None and age < ADULT
