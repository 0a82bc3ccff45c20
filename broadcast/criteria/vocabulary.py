"""The words that name things: stages, languages and streams by what people call them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from journey.stages import LANGUAGES, StageCode, stage


@dataclass(frozen=True, slots=True)
class Named:
    """A thing by the code that rows hold, its Russian and its English name, and other words for it."""

    code: str
    ru: str
    en: str
    also: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        return self.ru if language == "ru" else self.en

    def words(self) -> tuple[str, ...]:
        return (self.code, self.ru, self.en, *self.also)


def _stages() -> tuple[Named, ...]:
    return tuple(Named(code.value, stage(code, "ru").name, stage(code, "en").name) for code in StageCode)


_LANGUAGE_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "ru": ("русский", "Russian"),
    "en": ("английский", "English"),
}

GENDERS: Final = (
    Named("female", "женщины", "women", ("f", "w", "woman", "ж", "жен", "женский", "женщина")),
    Named("male", "мужчины", "men", ("m", "man", "м", "муж", "мужской", "мужчина")),
    Named("other", "люди другого пола", "people of another gender", ("другой", "другое")),
)
SPOKEN: Final = tuple(Named(code, *_LANGUAGE_NAMES.get(code, (code, code))) for code in LANGUAGES)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What can be named. Streams are data: without them criteria may not speak of any."""

    streams: tuple[Named, ...] = ()
    stages: tuple[Named, ...] = field(default_factory=_stages)
    languages: tuple[Named, ...] = SPOKEN
    genders: tuple[Named, ...] = GENDERS


def fold(said: str) -> str:
    """What is left of a word when how it is spelt does not matter."""
    plain = unicodedata.normalize("NFKC", said).casefold().replace("ё", "е")
    return " ".join(plain.replace("_", " ").replace("-", " ").split())


def code_of(said: str, things: Iterable[Named]) -> str | None:
    """The code of the thing that is called so; a code before a name, and the first of several."""
    meant = fold(said)
    found = list(things)
    by_code = next((each.code for each in found if fold(each.code) == meant), None)
    return by_code or next(
        (each.code for each in found if meant in {fold(word) for word in each.words()}), None
    )


def name_of(code: str, things: Iterable[Named], language: str) -> str:
    """What the thing is called; its code where nobody knows it."""
    return next((each.name(language) for each in things if each.code == code), code)
