"""Values of facts as they are kept, and whether they agree with the words that they were read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from core.clock import clock

OLDEST: Final = 120
_STEM: Final = 3

_NUMBER: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_TAG: Final = re.compile(r"<[^<>]{0,200}>|[<>⟦⟧]")
_ISO: Final = re.compile(r"(?:(\d{4})|-)-(\d{1,2})-(\d{1,2})")
_DOTTED: Final = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?")
_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|-?е|-?го)?\s+(?:of\s+)?([^\W\d_]{3,})\.?(?:,?\s+(\d{4}))?"
)
_MONTH_FIRST: Final = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")

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
# Whole words, parted by spaces.
_GENDERS: Final = {
    "female": " f female woman girl mother mom mum wife ж женский женщина девушка мама мать жена ",
    "male": " m male man guy boy father dad husband м мужской мужчина парень отец папа муж ",
    "other": " other nonbinary non-binary другой другое небинарный ",
}


def fact_value(kind: str, value: str, sentence: str) -> str | None:
    """The value of this kind of fact as it is kept; None where it makes no sense, or says what the sentence does not.

    Age: a whole number, 1 to 120. Birthday: `YYYY-MM-DD`, or `--MM-DD` without the year. Gender: "female",
    "male" or "other". Time zone: an IANA name. Anything else: one line without markup.
    """
    plain = " ".join(_TAG.sub(" ", value).split())
    if not plain:
        return None
    return _READERS.get(kind, _as_said)(plain, sentence)


def _as_said(value: str, sentence: str) -> str:  # noqa: ARG001 - the sentence may put it in other words
    return value


def _in_their_words(value: str, sentence: str) -> str | None:
    """Some word of the value begins like one of the sentence: "Москва" was said as "в Москве"."""
    said = set(_stems(sentence))
    return value if any(stem in said for stem in _stems(value)) else None


def _stems(text: str) -> list[str]:
    low = text.casefold().replace("ё", "е")
    return [word[:_STEM] for word in _WORD.findall(low) if len(word) >= 2]


def _age(value: str, sentence: str) -> str | None:
    numbers = _NUMBER.findall(value)
    if len(numbers) != 1 or len(numbers[0]) > 3 or not 1 <= int(numbers[0]) <= OLDEST:
        return None
    age = int(numbers[0])
    return str(age) if _agrees(age, sentence) else None


def _birthday(value: str, sentence: str) -> str | None:
    read = _day_of(value.casefold())
    if read is None:
        return None
    year, month, day = read
    today = clock.now().date()
    try:
        # Without a year, the 29th of February may be somebody's.
        at = date(year or 2000, month, day)
    except ValueError:
        return None
    if year and not (at <= today and today.year - year <= OLDEST):
        return None
    if not _agrees(day, sentence):
        return None
    return at.isoformat() if year else f"--{month:02}-{day:02}"


def _agrees(number: int, sentence: str) -> bool:
    """Whether the number is among those of the sentence; told in words it cannot be compared."""
    said = _NUMBER.findall(sentence)
    return not said or number in map(int, said)


def _day_of(value: str) -> tuple[int | None, int, int] | None:
    """Year (or None), month and day, however they were written down."""
    if found := _ISO.fullmatch(value):
        return _year(found[1]), int(found[2]), int(found[3])
    if found := _DOTTED.fullmatch(value):
        return _year(found[3]), int(found[2]), int(found[1])
    if found := _DAY_FIRST.match(value):
        day, name, year = found[1], found[2], found[3]
    elif found := _MONTH_FIRST.match(value):
        day, name, year = found[2], found[1], found[3]
    else:
        return None
    month = next((at for at, names in enumerate(_MONTHS, start=1) if name.startswith(names)), None)
    return None if month is None else (_year(year), month, int(day))


def _year(digits: str | None) -> int | None:
    # Zeros are how a model writes a year that was not told.
    return int(digits or 0) or None


def _gender(value: str, sentence: str) -> str | None:  # noqa: ARG001 - it may be told in many ways
    word = f" {value.casefold().strip(' .')} "
    return next((gender for gender, words in _GENDERS.items() if word in words), None)


def _timezone(value: str, sentence: str) -> str | None:  # noqa: ARG001 - it follows from a place
    return _zones().get(value.replace(" ", "_").casefold())


@cache
def _zones() -> Mapping[str, str]:
    # Names without a region are leftovers; some, such as "localtime", are no zones at all.
    named = {name.casefold(): name for name in available_timezones() if "/" in name}
    return named | {"utc": "UTC"}


_READERS: Final[Mapping[str, Callable[[str, str], str | None]]] = {
    "age": _age,
    "birthday": _birthday,
    "gender": _gender,
    "timezone": _timezone,
    "location": _in_their_words,
    "occupation": _in_their_words,
    "interest": _in_their_words,
}
