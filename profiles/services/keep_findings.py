from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import structlog
from django.db.models import QuerySet

from core.clock import clock
from core.ids import new_id
from profiles.contracts import FindingsKept, Found
from profiles.findings import (
    ADULT,
    MOST_OF_A_KIND,
    SINGLE,
    age_on,
    is_believed,
    sensible_value,
    tidy,
)
from profiles.models import Finding, Profile

log = structlog.get_logger(__name__)


def keep_findings(
    *,
    bot_id: UUID,
    profile_id: UUID,
    found: Sequence[Found],
    origin: str,
    session_id: UUID | None = None,
) -> FindingsKept:
    """Add to what is known of a person. What they struck out is not found again, what they put right stays.

    The profile's own columns follow. An age below 18 is only reported, and nothing at all is written then. What
    makes no sense is left out, in one log event. Of somebody who is gone nothing is kept.
    """
    person = Profile.objects.for_bot(bot_id).select_for_update().filter(id=profile_id).first()
    if person is None:
        return FindingsKept(0, 0, None)
    today = clock.now().date()
    sensible, refused = _sensible(found, today)
    age = _told_age(sensible, today)
    if age is not None and age < ADULT:
        return FindingsKept(0, refused, age)
    new = sum(_keep(person, each, origin, session_id) for each in sensible)
    if new:
        derive(person)
    return FindingsKept(new, refused, age)


def derive(person: Profile) -> None:
    """Let the profile's columns follow from the findings that hold."""
    rows = list(current(person).order_by("created_at", "id"))
    known = {row.kind: row.value for row in rows if row.kind in SINGLE}
    today = clock.now().date()
    birthday = known.get("birthday", "")
    age = age_on(birthday, today) if birthday else None
    if age is None and known.get("age"):
        age = int(known["age"])
    person.age = age
    person.birth_date = date.fromisoformat(birthday) if age_on(birthday, today) is not None else None
    person.gender = known.get("gender", "")[:16]
    person.location = known.get("location", "")[:200]
    person.timezone = known.get("timezone", "")[:64]
    person.interests = [row.value for row in rows if row.kind == "interest"]
    person.metaphysical_profile = {
        **person.metaphysical_profile,
        "themes": [row.value for row in rows if row.kind == "theme"],
        "patterns": [row.value for row in rows if row.kind == "pattern"],
    }
    person.save(
        update_fields=[
            "age",
            "birth_date",
            "gender",
            "location",
            "timezone",
            "interests",
            "metaphysical_profile",
        ]
    )


def current(person: Profile) -> QuerySet[Finding]:
    """The findings that hold."""
    return Finding.objects.for_bot(person.bot_id).filter(
        profile_id=person.id, ended_at__isnull=True, is_refused=False
    )


def digest_of(profile_id: UUID, kind: str, value: str) -> str:
    """Names a finding without telling it; the same words of two people have different names."""
    said = f"{kind}:{value.casefold().replace('ё', 'е')}".encode("utf-8", "replace")
    return hmac.new(profile_id.bytes, said, hashlib.sha256).hexdigest()


def _sensible(found: Sequence[Found], today: date) -> tuple[list[Found], int]:
    kept, refused = [], []
    for each in found:
        value = sensible_value(each.kind, each.value, today=today)
        if value is None:
            refused.append(each.kind)
        else:
            kept.append(Found(each.kind, value, tidy(each.sentence)))
    if refused:
        log.warning("finding.refused", kinds=sorted(set(refused)), count=len(refused))
    return kept, len(refused)


def _told_age(found: Sequence[Found], today: date) -> int | None:
    ages = [int(each.value) for each in found if each.kind == "age"]
    ages += [
        age for each in found if each.kind == "birthday" and (age := age_on(each.value, today)) is not None
    ]
    return min(ages, default=None)


def _keep(person: Profile, found: Found, origin: str, session_id: UUID | None) -> bool:
    digest = digest_of(person.id, found.kind, found.value)
    same = (
        Finding.objects.for_bot(person.bot_id)
        .filter(profile_id=person.id, kind=found.kind, digest=digest)
        .first()
    )
    if same is not None and (same.is_refused or same.ended_at is None):
        return False
    held = list(current(person).filter(kind=found.kind).order_by("created_at", "id"))
    if found.kind in SINGLE:
        if any(not is_believed(origin, each.origin) for each in held):
            return False
        _end(held)
    else:
        _end(held[: max(0, len(held) - MOST_OF_A_KIND + 1)])
    if same is not None:
        # It held once, was replaced, and holds again.
        same.ended_at, same.created_at, same.origin = None, clock.now(), origin
        same.sentence = found.sentence or same.sentence
        same.save(update_fields=["ended_at", "created_at", "origin", "sentence"])
        return True
    Finding(
        id=new_id(),
        bot_id=person.bot_id,
        profile_id=person.id,
        kind=found.kind,
        value=found.value,
        sentence=found.sentence,
        origin=origin,
        digest=digest,
        session_id=session_id,
        created_at=clock.now(),
    ).save(force_insert=True)
    return True


def _end(rows: Sequence[Finding]) -> None:
    for row in rows:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
