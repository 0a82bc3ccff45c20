"""Problems of a broadcast's content, in words for staff. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "ru")
FALLBACK_LANGUAGE: Final = "en"

_WORDS: Final = Path(__file__).parents[1] / "texts" / "problems.toml"


@dataclass(frozen=True, slots=True)
class ContentProblem:
    """One reason why this cannot be sent.

    `variant` is its label, or `#2` where it has none; empty for the whole. `where` is empty, `text`,
    `text:<line>:<column>`, `button:<row>:<column>` or `buttons:<row>`, all counted from 1. `message` is English
    and complete; `values` are what it is made of, for other languages.
    """

    code: str
    variant: str
    language: str
    where: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


def problems_told(problems: Iterable[ContentProblem], language: str) -> list[str]:
    """A line for each: where it is and what is wrong, in English or Russian. Plain text: escape it for a page."""
    language = language if language in LANGUAGES else FALLBACK_LANGUAGE
    return [_told(problem, language) for problem in problems]


def message(code: str, values: Mapping[str, object], language: str) -> str:
    """What is wrong, without where. Raises LookupError for a code that has no words."""
    words = _words(language)
    advice = words[str(values["advice"])] if "advice" in values else ""
    return words[code].format_map({**values, "advice": advice})


def _told(problem: ContentProblem, language: str) -> str:
    words = _words(language)
    places = []
    if problem.variant:
        places.append(words["place_variant"].format(variant=problem.variant))
    if problem.language:
        places.append(words["place_language"].format(language=problem.language))
    kind, *numbers = problem.where.split(":")
    if kind:
        name = f"place_{kind}_at" if kind == "text" and numbers else f"place_{kind}"
        places.append(words[name].format(*numbers))
    said = message(problem.code, problem.values, language)
    return f"{', '.join(places)}: {said}" if places else said


@cache
def _words(language: str) -> Mapping[str, str]:
    table = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return {code: row[language] for code, row in table.items()}
