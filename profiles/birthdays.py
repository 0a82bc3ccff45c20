"""Birthdays, however they were written down. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_ISO: Final = re.compile(r"(?:(\d{4})|-)-(\d{1,2})-(\d{1,2})")
_DOTTED: Final = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?(?!\d)")
_DAY_FIRST: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|-?е|-?го)?\s+(?:of\s+)?([^\W\d_]{3,})\.?(?:,?\s+(\d{4}))?(?!\d)"
)
_MONTH_FIRST: Final = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?(?!\d)")
# The beginnings of the months' names, in any case of theirs.
_MONTHS: Final = (
    ("jan", "янв"),
    ("feb", "фев"),
    ("mar", "мар"),
    ("apr", "апр"),
    ("may", "мая", "май"),
    ("jun", "июн"),
    ("jul", "июл"),
    ("aug", "авг"),
    ("sep", "сен"),
    ("oct", "окт"),
    ("nov", "ноя"),
    ("dec", "дек"),
)
# Any leap year: whose year is not known may be born on the 29th of February.
_SOME_YEAR: Final = 2000


@dataclass(frozen=True, slots=True)
class Birthday:
    """A day of a year that need not be known."""

    month: int
    day: int
    year: int | None = None

    def __str__(self) -> str:
        """`YYYY-MM-DD`, or `--MM-DD` without the year."""
        return f"{f'{self.year:04}' if self.year else '-'}-{self.month:02}-{self.day:02}"

    @property
    def born(self) -> date | None:
        """The date, where the year is known."""
        return date(self.year, self.month, self.day) if self.year else None

    def age_on(self, today: date) -> int | None:
        """Whole years, less than none for a day to come; None where the year is not known."""
        if self.year is None:
            return None
        # Who was born on the 29th of February has turned a year older by the 1st of March.
        return today.year - self.year - ((today.month, today.day) < (self.month, self.day))


def birthday_of(said: str, *, today: date) -> Birthday | None:
    """The birthday that is meant; None for no date, and for one that no calendar has.

    Read are `1990-05-12`, `--05-12`, `12.05.1990`, `12.05.90`, `12.05`, `12 мая 1990`, `May 12, 1990`; of figures
    alone the day comes first.
    """
    read = _read(" ".join(said.split()).casefold(), today)
    if read is None:
        return None
    year, month, day = read
    try:
        date(year or _SOME_YEAR, month, day)
    except ValueError:
        return None
    return Birthday(month, day, year)


def _read(said: str, today: date) -> tuple[int | None, int, int] | None:
    if found := _ISO.fullmatch(said):
        return _year(found[1], today), int(found[2]), int(found[3])
    if found := _DOTTED.search(said):
        return _year(found[3], today), int(found[2]), int(found[1])
    for found in _DAY_FIRST.finditer(said):
        if month := _month(found[2]):
            return _year(found[3], today), month, int(found[1])
    for found in _MONTH_FIRST.finditer(said):
        if month := _month(found[1]):
            return _year(found[3], today), month, int(found[2])
    return None


def _month(name: str) -> int | None:
    return next((at for at, names in enumerate(_MONTHS, start=1) if name.startswith(names)), None)


def _year(digits: str | None, today: date) -> int | None:
    # Zeros are how a model writes a year that was not told.
    year = int(digits or 0)
    if digits and len(digits) == 2:
        # "90" is 1990: a year of this century only where it has begun.
        year += 2000 if 2000 + year <= today.year else 1900
    return year or None
