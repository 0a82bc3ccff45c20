"""The twelve stages of the journey, as the coach and the pages know them. Words live in `catalogue/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

_CATALOGUE: Final = Path(__file__).with_name("catalogue")

LANGUAGES: Final = ("ru", "en")
FALLBACK_LANGUAGE: Final = "en"


class StageCode(StrEnum):
    """The stages in the order of the path. The codes are stored in rows; never rename one."""

    ORDINARY_WORLD = "ORDINARY_WORLD"
    CALL_TO_ADVENTURE = "CALL_TO_ADVENTURE"
    REFUSAL = "REFUSAL"
    MEETING_MENTOR = "MEETING_MENTOR"
    CROSSING_THRESHOLD = "CROSSING_THRESHOLD"
    TESTS_ALLIES_ENEMIES = "TESTS_ALLIES_ENEMIES"
    APPROACH = "APPROACH"
    ORDEAL = "ORDEAL"
    REWARD = "REWARD"
    ROAD_BACK = "ROAD_BACK"
    RESURRECTION = "RESURRECTION"
    RETURN_WITH_ELIXIR = "RETURN_WITH_ELIXIR"


class Intensity(StrEnum):
    """How hard the coach may push on a stage."""

    SOFT = "soft"
    MEDIUM = "medium"
    FIRM = "firm"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage in one language: what it is, what to ask, how people resist, how to speak."""

    code: StageCode
    number: int
    name: str
    description: str
    questions: tuple[str, ...]
    resistance: tuple[str, ...]
    intensity: Intensity
    techniques: tuple[str, ...]


def stages(language: str) -> tuple[Stage, ...]:
    """All twelve in the order of the path; a language we have no words in is answered in English."""
    return tuple(_by_code(language).values())


def stage(code: str, language: str) -> Stage:
    """The stage of this code. Raises LookupError for a code that is none of the twelve."""
    if code not in StageCode.__members__:
        msg = f"no stage has the code {code!r}"
        raise LookupError(msg)
    return _by_code(language)[StageCode(code)]


def _by_code(language: str) -> Mapping[StageCode, Stage]:
    return _read(language if language in LANGUAGES else FALLBACK_LANGUAGE)


@cache
def _read(language: str) -> Mapping[StageCode, Stage]:
    rows = tomllib.loads((_CATALOGUE / f"{language}.toml").read_text(encoding="utf-8"))["stage"]
    found = [_stage(number, row) for number, row in enumerate(rows, start=1)]
    if [each.code for each in found] != list(StageCode):
        msg = f"catalogue/{language}.toml must hold the twelve stages, each once, in their order"
        raise ValueError(msg)
    return MappingProxyType({each.code: each for each in found})


def _stage(number: int, row: Mapping[str, Any]) -> Stage:
    return Stage(
        code=StageCode(row["code"]),
        number=number,
        name=row["name"],
        description=row["description"],
        questions=tuple(row["questions"]),
        resistance=tuple(row["resistance"]),
        intensity=Intensity(row["intensity"]),
        techniques=tuple(row["techniques"]),
    )
