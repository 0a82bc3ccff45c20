"""What the demo model puts its answers together from: prepared lines and lists of words, one book a language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_TEXTS: Final = Path(__file__).with_name("texts")


@dataclass(frozen=True, slots=True)
class Book:
    """The prepared lines of one language, and its words as patterns over `folded` text.

    `stages` counts for each stage in single words and in phrases; a phrase says more. `analysis` holds the
    lines of the findings as they stand in the file.
    """

    language: str
    reflections: tuple[str, ...]
    briefly: tuple[str, ...]
    wordless: tuple[str, ...]
    returned: tuple[str, ...]
    plainly: str
    support: tuple[str, ...]
    naming: tuple[str, ...]
    closing: tuple[str, ...]
    provocations: Mapping[str, tuple[str, ...]]
    diagnostic: Mapping[str, Any]
    summary: Mapping[str, Any]
    analysis: Mapping[str, Any]
    pain: re.Pattern[str]
    human: re.Pattern[str]
    telling: re.Pattern[str]
    light: re.Pattern[str]
    shadow: re.Pattern[str]
    stop: frozenset[str]
    stages: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]
    streams: Mapping[str, re.Pattern[str]]
    facts: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def book_of(language: str) -> Book:
    """The book of this language, in English for one without lines."""
    language = language if (_TEXTS / f"rehearsal.{language}.toml").exists() else "en"
    text = tomllib.loads((_TEXTS / f"rehearsal.{language}.toml").read_text(encoding="utf-8"))
    words, analysis = text["words"], text["analysis"]
    return Book(
        language=language,
        reflections=tuple(text["reflections"]),
        briefly=tuple(text["briefly"]),
        wordless=tuple(text["wordless"]),
        returned=tuple(text["returned"]),
        plainly=text["plainly"],
        support=tuple(text["support"]),
        naming=tuple(text["naming"]),
        closing=tuple(text["closing"]),
        provocations={name: tuple(lines) for name, lines in text["provocations"].items()},
        diagnostic=text["diagnostic"],
        summary=text["summary"],
        analysis=analysis,
        pain=any_of(words["pain"]),
        human=any_of(words["human"]),
        telling=any_of(words["telling"]),
        light=any_of(words["light"]),
        shadow=any_of(words["shadow"]),
        stop=frozenset(words["stop"].split()),
        stages={code: _by_weight(stems, words["negations"]) for code, stems in text["stages"].items()},
        streams={slug: any_of(each["words"]) for slug, each in analysis["readiness"]["streams"].items()},
        facts=tuple(
            (kind, re.compile(pattern)) for kind, patterns in text["facts"].items() for pattern in patterns
        ),
    )


def folded(text: str) -> str:
    """The text as the patterns of the book read it: without capitals, ё and curly apostrophes."""
    return text.casefold().replace("ё", "е").replace("’", "'")


def any_of(stems: Iterable[str], *, but_after: Sequence[str] = ()) -> re.Pattern[str]:
    """Any of the stems at the start of a word, as a whole word where it ends with $.

    `but_after` are expressions of a fixed width, negations, that take the sense away.
    """
    negated = "".join(f"(?<!{expression})" for expression in but_after)
    shown = "|".join(
        re.escape(folded(stem.removesuffix("$"))) + (r"\b" if stem.endswith("$") else "")
        # The longest first, or a word would hide the phrase that begins with it.
        for stem in sorted(stems, key=len, reverse=True)
    )
    return re.compile(rf"\b{negated}(?:{shown})") if shown else re.compile(r"(?!)")


def _by_weight(stems: Sequence[str], negations: Sequence[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    phrases = [stem for stem in stems if " " in stem]
    words = [stem for stem in stems if " " not in stem]
    return any_of(words, but_after=negations), any_of(phrases, but_after=negations)
