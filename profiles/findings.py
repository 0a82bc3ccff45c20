"""Which findings make sense, and which of two is believed. Pure but for the time zone database."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Final

from profiles.timezones import is_timezone

SINGLE: Final = (
    "age",
    "birthday",
    "gender",
    "location",
    "timezone",
    "occupation",
    "relationship",
    "children",
)
MANY: Final = ("interest", "theme", "pattern")
# The more trustworthy last: what the person has put right themselves holds against everything.
ORIGINS: Final = ("session", "rotation", "telegram", "said", "person")

MOST_OF_A_KIND: Final = 12
OLDEST: Final = 120
ADULT: Final = 18
_LONGEST: Final = 300

_NO_BIRTH_YEAR = re.compile(r"--(\d{2})-(\d{2})")
_SPACES = re.compile(r"\s+")
# Control, format (direction marks among them), surrogates, private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINER = "\u200d"


def tidy(text: str, limit: int = _LONGEST) -> str:
    """One line without anything unseen, at most `limit` characters."""
    seen = "".join(
        each if each == _JOINER or unicodedata.category(each) not in _UNSEEN else " " for each in text
    )
    return _SPACES.sub(" ", seen).strip()[:limit].rstrip()


def sensible_value(kind: str, value: str, *, today: date) -> str | None:
    """The value as it is kept, None where it makes no sense for its kind."""
    said = tidy(value)
    if not said or kind not in (*SINGLE, *MANY):
        return None
    check = _CHECKS.get(kind)
    return check(said, today) if check else said


def age_on(birthday: str, today: date) -> int | None:
    """The age that follows from an ISO birthday; None where the year is not known."""
    try:
        born = date.fromisoformat(birthday)
    except ValueError:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_believed(origin: str, over: str) -> bool:
    """Whether a new finding of this origin takes the place of a known one: the newer of equals does."""
    return _rank(origin) >= _rank(over)


def _rank(origin: str) -> int:
    return ORIGINS.index(origin) if origin in ORIGINS else 0


def _age(said: str, today: date) -> str | None:  # noqa: ARG001
    return said if said.isascii() and said.isdecimal() and 1 <= int(said[:4]) <= OLDEST else None


def _birthday(said: str, today: date) -> str | None:
    if match := _NO_BIRTH_YEAR.fullmatch(said):
        month, day = int(match[1]), int(match[2])
        # The year is not known: it may have been a leap year.
        is_day = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]
        return said if is_day else None
    age = age_on(said, today)
    is_born = age is not None and date.fromisoformat(said) <= today and age <= OLDEST
    return date.fromisoformat(said).isoformat() if is_born else None


def _gender(said: str, today: date) -> str | None:  # noqa: ARG001
    known = said.casefold()
    return known if known in ("female", "male", "other") else None


def _timezone(said: str, today: date) -> str | None:  # noqa: ARG001
    return said if is_timezone(said) else None


_CHECKS: Final[dict[str, Callable[[str, date], str | None]]] = {
    "age": _age,
    "birthday": _birthday,
    "gender": _gender,
    "timezone": _timezone,
}
