"""Which findings make sense, how they are kept, and which of two is believed. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from profiles.birthdays import birthday_of
from profiles.plain import says_something, unmarked_line
from profiles.timezones import timezone_of

# Of these a person has one at a time.
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
PERSON: Final = "person"

MOST_OF_A_KIND: Final = 12
OLDEST: Final = 120
ADULT: Final = 18
LONGEST: Final = 300

# Nobody of this age writes: somebody gave the day of their next birthday instead of the first.
_TOO_LITTLE: Final = 5

_NUMBER: Final = re.compile(r"\d+")
_BELOW_ZERO: Final = re.compile(r"[-−–]\s*\d")
_NO_WORD: Final = re.compile(r"[\W_]+")
# What a model says instead of nothing.
_NOTHING: Final = frozenset(
    {
        "unknown",
        "n a",
        "na",
        "null",
        "undefined",
        "not specified",
        "not known",
        "not given",
        "неизвестно",
        "не известно",
        "не указано",
        "не указан",
        "не указана",
        "не знаю",
    }
)
# Of these it would be an answer: no children.
_NONE: Final = frozenset({"none", "no", "нет", "nothing", "ничего"})
_NONE_IS_SOMETHING: Final = frozenset({"children", "relationship"})
# Whole words, parted by spaces.
_GENDERS: Final[Mapping[str, str]] = {
    "other": " other nonbinary non-binary agender genderfluid genderqueer другой другое другая небинарный небинарная"
    " агендер ",
    "female": " f female woman girl she mother mom mum wife ж жен женский женщина женщиной девушка девушкой мама мать"
    " жена она ",
    "male": " m male man guy boy he father dad husband м муж мужской мужчина мужчиной парень парнем отец папа он ",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it is kept; or, where it makes no sense, "" and the reason in a word for the log."""

    value: str = ""
    reason: str = ""


def read_value(kind: str, value: str, *, today: date) -> Reading:
    """What a finding of this kind is kept as.

    Age: a whole number, 1 to 120. Birthday: `YYYY-MM-DD`, or `--MM-DD` without the year. Gender: "female", "male"
    or "other". Time zone: an IANA name. Anything else: one line without markup, at most 300 characters.
    """
    if kind not in SINGLE and kind not in MANY:
        return Reading(reason="kind")
    said = unmarked_line(value, LONGEST)
    if not says_something(said):
        return Reading(reason="empty")
    plain = _NO_WORD.sub(" ", said.casefold()).strip()
    if plain in _NOTHING or (plain in _NONE and kind not in _NONE_IS_SOMETHING):
        return Reading(reason="nothing")
    read = _READERS.get(kind)
    return read(said, today) if read else Reading(said)


def read_sentence(sentence: str) -> str:
    """A person's sentence as it is kept beside a finding."""
    return unmarked_line(sentence, LONGEST)


def age_told(kind: str, value: str, *, today: date) -> int | None:
    """The age that a value as it is kept says its person is of."""
    if kind == "age":
        return int(value)
    birthday = birthday_of(value, today=today) if kind == "birthday" else None
    return birthday.age_on(today) if birthday else None


def born_on(value: str) -> date | None:
    """The date that a birthday as it is kept names; None without the year."""
    birthday = birthday_of(value, today=date.max) if value else None
    return birthday.born if birthday else None


def is_believed(origin: str, over: str) -> bool:
    """Whether a new finding of this origin takes the place of a known one: the newer of equals does."""
    return rank(origin) >= rank(over)


def rank(origin: str) -> int:
    """How much an origin is believed."""
    return ORIGINS.index(origin) if origin in ORIGINS else 0


def digest_of(profile_id: UUID, kind: str, value: str) -> str:
    """Names a finding without telling it: the same however it is spelt, and another for another person."""
    folded = unicodedata.normalize("NFKC", value).casefold().replace("ё", "е")
    # Punctuation is no difference, except where it is all there is to tell two birthdays apart.
    words = folded if kind == "birthday" else _NO_WORD.sub(" ", folded).strip() or folded
    return hmac.new(profile_id.bytes, f"{kind}\x00{words}".encode(), hashlib.sha256).hexdigest()


def _age(said: str, today: date) -> Reading:  # noqa: ARG001
    numbers = _NUMBER.findall(said)
    if len(numbers) != 1 or _BELOW_ZERO.search(said):
        return Reading(reason="no_number")
    if len(numbers[0]) > 3 or not 1 <= int(numbers[0]) <= OLDEST:
        return Reading(reason="out_of_range")
    return Reading(str(int(numbers[0])))


def _birthday(said: str, today: date) -> Reading:
    birthday = birthday_of(said, today=today)
    if birthday is None:
        return Reading(reason="no_date")
    age = birthday.age_on(today)
    if age is not None and not _TOO_LITTLE <= age <= OLDEST:
        return Reading(reason="out_of_range")
    return Reading(str(birthday))


def _gender(said: str, today: date) -> Reading:  # noqa: ARG001
    words = said.casefold().replace(",", " ").replace(".", " ").split()
    for gender, known in _GENDERS.items():
        if any(f" {word} " in known for word in words):
            return Reading(gender)
    return Reading(reason="unclear")


def _timezone(said: str, today: date) -> Reading:  # noqa: ARG001
    zone = timezone_of(said)
    return Reading(zone) if zone else Reading(reason="no_zone")


_READERS: Final[Mapping[str, Callable[[str, date], Reading]]] = {
    "age": _age,
    "birthday": _birthday,
    "gender": _gender,
    "timezone": _timezone,
}
