"""What is known of one person, while their row is locked: read once, added to, written back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from core.clock import clock
from core.ids import new_id
from profiles.contracts import Found
from profiles.findings import (
    MANY,
    MOST_OF_A_KIND,
    PERSON,
    SINGLE,
    age_told,
    born_on,
    digest_of,
    is_believed,
    rank,
)
from profiles.models import Finding, Profile

# Columns that say what the one finding of their name says, and how much of it.
_COLUMNS = {"gender": 16, "location": 200, "timezone": 64}


def locked_person(*, bot_id: UUID, profile_id: UUID) -> Profile | None:
    """The row of somebody who has consented, locked until the transaction ends; None for everybody else.

    Whoever writes findings takes this lock first, so that two do so one after the other.
    """
    # Rows that refer to the person may be written meanwhile: only their own row is waited for.
    people = Profile.objects.for_bot(bot_id).select_for_update(no_key=True)
    return people.filter(id=profile_id, consented_at__isnull=False).first()


class Knowledge:
    """A person's findings: those that hold, and those of other times that are named again."""

    def __init__(self, person: Profile, *, named: Iterable[Found] = ()) -> None:
        self._person = person
        digests = [self._digest(each) for each in named]
        rows = Finding.objects.for_bot(person.bot_id).filter(
            Q(ended_at__isnull=True) | Q(digest__in=digests), profile_id=person.id
        )
        self._rows = {(row.kind, row.digest): row for row in rows.order_by("created_at", "id")}
        self._new: list[Finding] = []
        self._changed: dict[UUID, Finding] = {}
        self._kinds: set[str] = set()

    def holding(self, finding_id: UUID) -> Finding | None:
        """The finding of this id, if it holds."""
        return next((row for row in self._rows.values() if row.id == finding_id and _holds(row)), None)

    def add(self, found: Found, *, origin: str, session_id: UUID | None) -> bool:
        """Note what was found, its value as `read_value` gives it; whether it is news.

        What the person has struck out stays so, unless they say it again themselves. What they have put right is
        replaced by nobody else.
        """
        known = self._rows.get((found.kind, self._digest(found)))
        if known is not None and known.is_refused and origin != PERSON:
            return False
        if known is not None and _holds(known):
            self._hear_again(known, found, origin, session_id)
            return False
        if not self._make_room(found.kind, origin):
            return False
        if known is None:
            known = Finding(
                id=new_id(),
                bot_id=self._person.bot_id,
                profile_id=self._person.id,
                kind=found.kind,
                digest=self._digest(found),
            )
            self._new.append(known)
            self._rows[(known.kind, known.digest)] = known
        known.is_refused, known.ended_at, known.created_at = False, None, clock.now()
        self._say(known, found, origin, session_id)
        return True

    def strike_out(self, row: Finding) -> None:
        """Leave of a finding nothing but its digest, by which it is not found again."""
        row.value = row.sentence = ""
        row.session_id = None
        row.is_refused, row.ended_at = True, clock.now()
        self._change(row)

    def write(self) -> None:
        """Write down what has changed, and let the columns of the person's row follow."""
        for row in self._changed.values():
            row.save()
        Finding.objects.bulk_create(self._new)
        self._derive()

    def _hear_again(self, row: Finding, found: Found, origin: str, session_id: UUID | None) -> None:
        if origin == PERSON or rank(origin) > rank(row.origin):
            self._say(row, found, origin, session_id)
        elif row.kind in MANY and session_id is not None and session_id != row.session_id:
            # What comes up again and again is not the oldest.
            row.created_at, row.session_id = clock.now(), session_id
            self._change(row)

    def _say(self, row: Finding, found: Found, origin: str, session_id: UUID | None) -> None:
        row.value, row.sentence, row.origin, row.session_id = found.value, found.sentence, origin, session_id
        self._change(row)

    def _make_room(self, kind: str, origin: str) -> bool:
        """End what a new finding of this kind takes the place of; False where it must stay."""
        held = self._held(kind)
        if kind in SINGLE:
            replaced = held
            may_replace = all(is_believed(origin, row.origin) for row in held)
        else:
            # The oldest, and what the person said themselves last of all.
            held.sort(key=lambda row: (row.origin == PERSON, row.created_at, row.id))
            replaced = held[: max(0, len(held) - MOST_OF_A_KIND + 1)]
            may_replace = origin == PERSON or all(row.origin != PERSON for row in replaced)
        if may_replace:
            for row in replaced:
                row.ended_at = clock.now()
                self._change(row)
        return may_replace

    def _change(self, row: Finding) -> None:
        self._kinds.add(row.kind)
        if row not in self._new:
            self._changed[row.id] = row

    def _held(self, kind: str) -> list[Finding]:
        held = [row for row in self._rows.values() if row.kind == kind and _holds(row)]
        return sorted(held, key=lambda row: (row.created_at, row.id))

    def _digest(self, found: Found) -> str:
        return digest_of(self._person.id, found.kind, found.value)

    def _derive(self) -> None:
        """Only what was touched: a column may know of things that came without findings."""
        kinds = self._kinds
        columns: dict[str, object] = {
            kind: self._value(kind)[:longest] for kind, longest in _COLUMNS.items() if kind in kinds
        }
        if not kinds.isdisjoint({"age", "birthday"}):
            columns |= self._age_and_birthday()
        if "interest" in kinds:
            columns["interests"] = self._values("interest")
        lists = {f"{kind}s": self._values(kind) for kind in ("theme", "pattern") if kind in kinds}
        if lists:
            columns["metaphysical_profile"] = {**self._person.metaphysical_profile, **lists}
        changed = [name for name, value in columns.items() if getattr(self._person, name) != value]
        for name in changed:
            setattr(self._person, name, columns[name])
        if changed:
            self._person.save(update_fields=changed)

    def _age_and_birthday(self) -> dict[str, object]:
        held = {row.kind: row for kind in ("age", "birthday") for row in self._held(kind)}
        age, birthday = held.get("age"), held.get("birthday")
        told = [each for each in (birthday, age) if each is not None]
        # A birthday stays true; but the age that the person has put right beats a birthday found elsewhere.
        told.sort(key=lambda row: row.origin != PERSON)
        today = clock.now().date()
        ages = (age_told(row.kind, row.value, today=today) for row in told)
        return {
            "age": next((each for each in ages if each is not None), None),
            "birth_date": born_on(birthday.value) if birthday else None,
        }

    def _value(self, kind: str) -> str:
        return next(iter(self._values(kind)), "")

    def _values(self, kind: str) -> list[str]:
        return [row.value for row in self._held(kind)]


def _holds(row: Finding) -> bool:
    return row.ended_at is None and not row.is_refused
