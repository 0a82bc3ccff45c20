from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import structlog

from core.clock import clock
from profiles.contracts import FindingsKept, Found
from profiles.findings import ADULT, MANY, MOST_OF_A_KIND, SINGLE, age_told, read_sentence, read_value
from profiles.knowledge import Knowledge, locked_person

log = structlog.get_logger(__name__)

# More than that in one go is no finding any more.
_MOST_AT_ONCE = len(SINGLE) + len(MANY) * MOST_OF_A_KIND


def keep_findings(
    *,
    bot_id: UUID,
    profile_id: UUID,
    found: Sequence[Found],
    origin: str,
    session_id: UUID | None = None,
) -> FindingsKept:
    """Add to what is known of a person who has consented. The same finding twice is one finding.

    What they struck out is not found again, what they put right stays, and of two that cannot both hold the more
    trustworthy does, of equals the newer. What makes no sense is left out with one log event each. The columns of
    the profile follow. An age below 18 is only reported, and nothing at all is written then.
    """
    person = locked_person(bot_id=bot_id, profile_id=profile_id)
    if person is None:
        return FindingsKept(0, 0, None)
    today = clock.now().date()
    sensible = _sensible(found, today)
    refused = len(found) - len(sensible)
    ages = [age for each in sensible if (age := age_told(each.kind, each.value, today=today)) is not None]
    youngest = min(ages, default=None)
    if not sensible or (youngest is not None and youngest < ADULT):
        return FindingsKept(0, refused, youngest)
    knowledge = Knowledge(person, named=sensible)
    new = sum(knowledge.add(each, origin=origin, session_id=session_id) for each in sensible)
    knowledge.write()
    return FindingsKept(new, refused, youngest)


def _sensible(found: Sequence[Found], today: date) -> list[Found]:
    sensible: list[Found] = []
    for each in found[:_MOST_AT_ONCE]:
        read = read_value(each.kind, each.value, today=today)
        if read.reason:
            # The kind comes from a model as well: only ours may stand in a log.
            kind = each.kind if each.kind in SINGLE or each.kind in MANY else "other"
            log.warning("finding.refused", kind=kind, reason=read.reason)
        else:
            sensible.append(Found(each.kind, read.value, read_sentence(each.sentence)))
    if len(found) > _MOST_AT_ONCE:
        log.warning("finding.refused", kind="other", reason="too_many")
    return sensible
