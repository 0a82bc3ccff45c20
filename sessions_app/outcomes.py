"""What the model answers where it must answer in a shape. Sloppy answers are tidied, not refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, WithJsonSchema

from sessions_app import shapes
from sessions_app.shapes import OptionalStage, Outcome


class Psychotype(StrEnum):
    """How a person mostly takes the world in."""

    ANALYTICAL = "analytical"
    EMOTIONAL = "emotional"
    INTUITIVE = "intuitive"
    PRACTICAL = "practical"


def _light(value: object) -> int:
    return round(max(-100.0, min(100.0, shapes.number(value))))


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


def _psychotype(value: object) -> object:
    return _PSYCHOTYPES.get(shapes.text(value).casefold()[:4], value)


def _sign(value: object) -> object:
    word = re.sub(r"[\s-]+", "_", shapes.text(value).casefold())
    return _SIGNS.get(word, word)


def _object(value: object) -> object:
    return value if isinstance(value, Mapping | BaseModel) else {}


class Metaphysical(Outcome):
    """A picture of the inner state. `light` runs from −100, all shadow, to 100, all light."""

    light: Annotated[int, BeforeValidator(_light)]
    themes: Annotated[list[str], shapes.lines(120, 5)]
    patterns: Annotated[list[str], shapes.lines(160, 5)]


class SessionSummary(Outcome):
    """What a session came to, told to the person."""

    summary: Annotated[str, shapes.prose(1800)]
    patterns: Annotated[list[str], shapes.lines(200, 5)]
    core_issue: Annotated[str | None, shapes.optional_line(400)]
    metaphysical: Annotated[Metaphysical, BeforeValidator(_object)]
    next_step: Annotated[str | None, shapes.optional_line(400)]


class DiagnosticKnown(Outcome):
    """What the diagnostic has found out so far, from the person's own words."""

    signs: Annotated[list[str], shapes.lines(160, 8)]
    strengths: Annotated[list[str], shapes.lines(160, 6)]
    challenges: Annotated[list[str], shapes.lines(160, 6)]
    stage: OptionalStage
    missing: Annotated[list[str], shapes.lines(120, 6)]


class DiagnosticStep(Outcome):
    """One turn of the diagnostic: what to say, and whether enough is known to end it."""

    reply: Annotated[str, shapes.prose(3500)]
    enough: Annotated[bool, BeforeValidator(shapes.flag)]
    known: Annotated[DiagnosticKnown, BeforeValidator(_object)]


class DiagnosticResult(Outcome):
    """What the diagnostic came to. A psychotype that is none of the four is refused, never guessed."""

    psychotype: Annotated[
        Psychotype,
        BeforeValidator(_psychotype),
        WithJsonSchema({"type": "string", "enum": [each.value for each in Psychotype]}),
    ]
    stage: OptionalStage
    strengths: Annotated[list[str], shapes.lines(200, 4)]
    challenges: Annotated[list[str], shapes.lines(200, 4)]
    suggested_stream: Annotated[str | None, shapes.optional_line(120)]
    explanation: Annotated[str, shapes.prose(1500)]


class CrisisVerdict(Outcome):
    """Whether the latest words carry a sign of distress; `confidence` from 0 to 1."""

    sign: Annotated[
        Literal["none", "self_harm", "violence", "abuse", "minor"],
        BeforeValidator(_sign),
    ]
    confidence: Annotated[float, BeforeValidator(shapes.confidence)]
