"""What the model answers where it must answer in a shape. Sloppy answers are tidied, not refused.

Fields have no defaults, since strict `json_schema` servers refuse them: what a model leaves out is filled in
before validation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator

from journey.stages import LANGUAGES, StageCode, stages
from sessions_app.rendering import clean

_SPACES: Final = re.compile(r"\s+")
_ITEM_BREAK: Final = re.compile(r"\n|;\s")
_BULLET: Final = re.compile(r"^\s*(?:[-*•–—]|\d{1,2}[.)])\s+")
_NUMBER: Final = re.compile(r"[-+−]?\d{1,9}(?:[.,]\d{1,9})?")
_NOTHING: Final = frozenset({"", "null", "none", "n/a", "нет", "неясно", "-", "—"})


class Psychotype(StrEnum):
    """How a person mostly takes the world in."""

    ANALYTICAL = "analytical"
    EMOTIONAL = "emotional"
    INTUITIVE = "intuitive"
    PRACTICAL = "practical"


def _text(value: object) -> str:
    if value is None or isinstance(value, bool | Mapping):
        return ""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return "; ".join(part for part in map(_text, value) if part)
    return clean(str(value)).strip()


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = head.rfind(" ", limit // 2)
    return (head[:at] if at > 0 else head).rstrip(" ,;:–—-") + "…"


def _line(limit: int) -> BeforeValidator:
    """One line of at most `limit` characters."""
    return BeforeValidator(lambda value: _cut(_SPACES.sub(" ", _text(value)), limit))


def _optional_line(limit: int) -> BeforeValidator:
    """As `_line`, and None for what only says that there is nothing."""

    def read(value: object) -> str | None:
        line = _SPACES.sub(" ", _text(value))
        return None if line.casefold().strip(" .") in _NOTHING else _cut(line, limit)

    return BeforeValidator(read)


def _prose(limit: int) -> BeforeValidator:
    """Text that keeps its lines, of at most `limit` characters."""
    return BeforeValidator(lambda value: _cut(_text(value), limit))


def _lines(limit: int, most: int) -> BeforeValidator:
    """At most `most` different lines of at most `limit` characters, however the model listed them."""

    def read(value: object) -> list[str]:
        parts: Iterable[object]
        if isinstance(value, str):
            parts = _ITEM_BREAK.split(value)
        elif isinstance(value, Mapping):
            parts = value.values()
        else:
            parts = value if isinstance(value, Iterable) else ()
        found: dict[str, str] = {}
        for part in parts:
            line = _cut(_SPACES.sub(" ", _BULLET.sub("", _text(part))), limit)
            if line.casefold().strip(" .") not in _NOTHING:
                found.setdefault(line.casefold(), line)
            if len(found) == most:
                break
        return list(found.values())

    return BeforeValidator(read)


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else 0.0
    found = _NUMBER.search(value) if isinstance(value, str) else None
    return float(found[0].replace(",", ".").replace("−", "-")) if found else 0.0


def _light(value: object) -> int:
    return round(max(-100.0, min(100.0, _number(value))))


def _confidence(value: object) -> float:
    number = _number(value)
    return max(0.0, min(1.0, number / 100 if number > 1 else number))


def _stage_code(value: object) -> StageCode | None:
    word = _text(value)
    code = re.sub(r"[\s-]+", "_", word).upper()
    if code in StageCode.__members__:
        return StageCode(code)
    for language in LANGUAGES:
        for stage in stages(language):
            if word.casefold() == stage.name.casefold() or word == str(stage.number):
                return stage.code
    return None


_PSYCHOTYPES: Final = {
    "anal": "analytical",
    "анал": "analytical",
    "emot": "emotional",
    "эмоц": "emotional",
    "intu": "intuitive",
    "инту": "intuitive",
    "prac": "practical",
    "прак": "practical",
}

_SIGNS: Final = {
    "": "none",
    "no": "none",
    "null": "none",
    "нет": "none",
    "suicide": "self_harm",
    "suicidal": "self_harm",
    "selfharm": "self_harm",
    "domestic_violence": "abuse",
    "underage": "minor",
}


def _flag(value: object) -> bool:
    return value is True or _text(value).casefold() in {"true", "yes", "да", "1"}


def _psychotype(value: object) -> object:
    return _PSYCHOTYPES.get(_text(value).casefold()[:4], value)


def _sign(value: object) -> object:
    word = re.sub(r"[\s-]+", "_", _text(value).casefold())
    return _SIGNS.get(word, word)


class Outcome(BaseModel):
    """A shaped answer: unknown fields are ignored, missing ones are blank."""

    # "additionalProperties" is said for strict servers; what comes is still read leniently.
    model_config = ConfigDict(extra="ignore", json_schema_extra={"additionalProperties": False})

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return dict.fromkeys(cls.model_fields) | dict(value)


def _object(value: object) -> object:
    return value if isinstance(value, Mapping | BaseModel) else {}


class Metaphysical(Outcome):
    """A picture of the inner state. `light` runs from −100, all shadow, to 100, all light."""

    light: Annotated[int, BeforeValidator(_light)]
    themes: Annotated[list[str], _lines(120, 5)]
    patterns: Annotated[list[str], _lines(160, 5)]


class SessionSummary(Outcome):
    """What a session came to, told to the person."""

    summary: Annotated[str, _prose(1800)]
    patterns: Annotated[list[str], _lines(200, 5)]
    core_issue: Annotated[str | None, _optional_line(400)]
    metaphysical: Annotated[Metaphysical, BeforeValidator(_object)]
    next_step: Annotated[str | None, _optional_line(400)]


_OptionalStage = Annotated[
    StageCode | None,
    BeforeValidator(_stage_code),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "enum": [code.value for code in StageCode]}, {"type": "null"}]}
    ),
]


class DiagnosticKnown(Outcome):
    """What the diagnostic has found out so far, from the person's own words."""

    signs: Annotated[list[str], _lines(160, 8)]
    strengths: Annotated[list[str], _lines(160, 6)]
    challenges: Annotated[list[str], _lines(160, 6)]
    stage: _OptionalStage
    missing: Annotated[list[str], _lines(120, 6)]


class DiagnosticStep(Outcome):
    """One turn of the diagnostic: what to say, and whether enough is known to end it."""

    reply: Annotated[str, _prose(3500)]
    enough: Annotated[bool, BeforeValidator(_flag)]
    known: Annotated[DiagnosticKnown, BeforeValidator(_object)]


class DiagnosticResult(Outcome):
    """What the diagnostic came to. A psychotype that is none of the four is refused, never guessed."""

    psychotype: Annotated[
        Psychotype,
        BeforeValidator(_psychotype),
        WithJsonSchema({"type": "string", "enum": [each.value for each in Psychotype]}),
    ]
    stage: _OptionalStage
    strengths: Annotated[list[str], _lines(200, 4)]
    challenges: Annotated[list[str], _lines(200, 4)]
    suggested_stream: Annotated[str | None, _optional_line(120)]
    explanation: Annotated[str, _prose(1500)]


class CrisisVerdict(Outcome):
    """Whether the latest words carry a sign of distress; `confidence` from 0 to 1."""

    sign: Annotated[
        Literal["none", "self_harm", "violence", "abuse", "minor"],
        BeforeValidator(_sign),
    ]
    confidence: Annotated[float, BeforeValidator(_confidence)]
