"""Values of facts as they are kept, and whether they agree with the words that they were read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from core.clock import clock
from profiles.birthdays import birthday_of
from profiles.timezones import timezone_of

OLDEST: Final = 120
_STEM: Final = 3

_NUMBER: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_TAG: Final = re.compile(r"<[^<>]{0,200}>|[<>⟦⟧]")

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
    today = clock.now().date()
    birthday = birthday_of(value, today=today)
    if birthday is None or not _agrees(birthday.day, sentence):
        return None
    age = birthday.age_on(today)
    return str(birthday) if age is None or 0 <= age <= OLDEST else None


def _agrees(number: int, sentence: str) -> bool:
    """Whether the number is among those of the sentence; told in words it cannot be compared."""
    said = _NUMBER.findall(sentence)
    return not said or number in map(int, said)


def _gender(value: str, sentence: str) -> str | None:  # noqa: ARG001 - it may be told in many ways
    word = f" {value.casefold().strip(' .')} "
    return next((gender for gender, words in _GENDERS.items() if word in words), None)


def _timezone(value: str, sentence: str) -> str | None:  # noqa: ARG001 - it follows from a place
    return timezone_of(value)


_READERS: Final[Mapping[str, Callable[[str, str], str | None]]] = {
    "age": _age,
    "birthday": _birthday,
    "gender": _gender,
    "timezone": _timezone,
    "location": _in_their_words,
    "occupation": _in_their_words,
    "interest": _in_their_words,
}
