"""What criteria are, once they were read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

LONGEST_TEXT = 2000
MOST_TERMS = 40
MOST_VALUES = 50
LONGEST_WORD = 200


class Key(StrEnum):
    """What can be asked of a person, in the order in which it is written down."""

    GENDER = "gender"
    AGE = "age"
    LANGUAGE = "language"
    SOURCE = "source"
    JOURNEY_STAGE = "journey_stage"
    STREAMS = "streams"
    READINESS = "readiness"
    MARKERS = "markers"
    HAS_STARTED_JOURNEY = "has_started_journey"
    HAS_COMPLETED_JOURNEY = "has_completed_journey"
    HAS_VISITED_PLATFORM = "has_visited_platform"
    HAS_PURCHASED_STREAM = "has_purchased_stream"
    REGISTERED = "registered"
    LAST_SEEN = "last_seen"
    IS_ACTIVE = "is_active"


class Special(Enum):
    """What stands for no value, and for any."""

    NONE = "none"
    ANY = "*"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whole numbers from `low` to `high`, both among them; None where there is no end."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the calendar from `low` to `high`, both among them; None where there is no end."""

    low: date | None
    high: date | None


@dataclass(frozen=True, slots=True)
class Ago:
    """Minutes before now: at least `low`, less than `high`; None where there is no end."""

    low: int | None
    high: int | None


Value = str | bool | Numbers | Days | Ago | Special


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: any of its values, or none of them where it is negated.

    `name` is the marker's, or the slug of the stream whose readiness is meant. `start` and `end` are where it was
    read; they make no difference.
    """

    key: Key
    values: tuple[Value, ...]
    is_negated: bool = False
    name: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not self.values:
            msg = f"{self.key} is compared with nothing"
            raise ValueError(msg)
        # The order in which values were said makes no difference.
        values = tuple(sorted(dict.fromkeys(self.values), key=repr))
        is_negated = self.is_negated
        if is_negated and len(values) == 1 and isinstance(values[0], bool):
            # "Not yes" is "no": everybody has an answer.
            values, is_negated = (not values[0],), False
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "is_negated", is_negated)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Conditions that all must hold, in an order of their own; none: everybody."""

    terms: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(sorted(dict.fromkeys(self.terms), key=_place)))

    def of(self, *keys: Key) -> Iterable[Term]:
        """The terms with one of these keys."""
        return (term for term in self.terms if term.key in keys)


_ORDER = {key: number for number, key in enumerate(Key)}


def _place(term: Term) -> tuple[int, str, bool, str]:
    return _ORDER[term.key], term.name, term.is_negated, repr(term.values)
