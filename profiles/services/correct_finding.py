from __future__ import annotations

from uuid import UUID

import structlog

from core.clock import clock
from profiles.contracts import Found
from profiles.findings import ADULT, PERSON, age_told, digest_of, read_value
from profiles.knowledge import Knowledge, locked_person
from profiles.services.mark_underage import mark_underage

log = structlog.get_logger(__name__)


def correct_finding(*, bot_id: UUID, profile_id: UUID, finding_id: UUID, value: str) -> bool:
    """The person says how a line should be: theirs holds from now on, and the old one is not found again.

    False, and the line stays, where it is not theirs, holds no longer, or the value makes no sense for it; that is
    one log event. Who says in this way that they are under 18 has withdrawn from coaching: False, and
    `mark_underage`.
    """
    person = locked_person(bot_id=bot_id, profile_id=profile_id)
    row = Knowledge(person).holding(finding_id) if person else None
    if person is None or row is None:
        return False
    today = clock.now().date()
    read = read_value(row.kind, value, today=today)
    if read.reason:
        log.warning("finding.refused", kind=row.kind, reason=read.reason)
        return False
    age = age_told(row.kind, read.value, today=today)
    if age is not None and age < ADULT:
        mark_underage(bot_id=bot_id, profile_id=profile_id)
        return False
    said = Found(row.kind, read.value)
    knowledge = Knowledge(person, named=[said])
    held = knowledge.holding(finding_id)
    if held is not None and held.digest != digest_of(person.id, said.kind, said.value):
        knowledge.strike_out(held)
    knowledge.add(said, origin=PERSON, session_id=None)
    knowledge.write()
    return True
