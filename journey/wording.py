"""What staff write about a stage, as it may be put in force. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from journey.errors import JourneyError
from journey.stages import LANGUAGES, Intensity, Stage, StageCode
from profiles.plain import plain_line, plain_text, says_something

# A name stands on the picture of the journey and on buttons; the rest goes into prompts.
LONGEST_NAME: Final = 60
LONGEST_DESCRIPTION: Final = 1000
LONGEST_LINE: Final = 300
LONGEST_TECHNIQUE: Final = 120
QUESTIONS: Final = (3, 30)
RESISTANCE: Final = (1, 30)
TECHNIQUES: Final = (1, 20)

_ORDER: Final = {code: number for number, code in enumerate(StageCode, start=1)}


@dataclass(frozen=True, slots=True)
class StageWording:
    """A stage in one language as somebody has written it."""

    code: str
    language: str
    name: str
    description: str
    questions: tuple[str, ...]
    resistance: tuple[str, ...]
    intensity: str
    techniques: tuple[str, ...]


def fit_wording(written: StageWording) -> Stage:
    """The stage as it can be kept: without empty lines, lines said twice, and characters that are not seen.

    Raises JourneyError: `journey.stage_unknown`, `language_unknown`, `intensity_unknown`, and `name_unfit`,
    `description_unfit`, `questions_unfit`, `resistance_unfit`, `techniques_unfit`, which say what would fit.
    """
    if written.code not in StageCode.__members__:
        raise JourneyError("stage_unknown", "There is no such stage.")
    if written.language not in LANGUAGES:
        raise JourneyError("language_unknown", f"Stages are written in: {', '.join(LANGUAGES)}.")
    if written.intensity not in set(Intensity):
        raise JourneyError("intensity_unknown", f"The intensity is one of: {', '.join(Intensity)}.")
    code = StageCode(written.code)
    return Stage(
        code=code,
        number=_ORDER[code],
        name=_text("name", plain_line(written.name, 2 * LONGEST_NAME), LONGEST_NAME),
        description=_text(
            "description", plain_text(written.description, 2 * LONGEST_DESCRIPTION), LONGEST_DESCRIPTION
        ),
        questions=_lines("questions", written.questions, QUESTIONS, LONGEST_LINE),
        resistance=_lines("resistance", written.resistance, RESISTANCE, LONGEST_LINE),
        intensity=Intensity(written.intensity),
        techniques=_lines("techniques", written.techniques, TECHNIQUES, LONGEST_TECHNIQUE),
    )


def _text(field: str, text: str, longest: int) -> str:
    if not says_something(text):
        raise JourneyError(f"{field}_unfit", f"A stage needs a {field}.")
    if len(text) > longest:
        raise JourneyError(f"{field}_unfit", f"The {field} may have {longest} characters at most.")
    return text


def _lines(field: str, lines: Iterable[str], count: tuple[int, int], longest: int) -> tuple[str, ...]:
    fit = tuple(
        dict.fromkeys(line for each in lines if says_something(line := plain_line(each, 2 * longest)))
    )
    fewest, most = count
    if not fewest <= len(fit) <= most:
        raise JourneyError(
            f"{field}_unfit", f"A stage needs {fewest} to {most} lines here; there are {len(fit)}."
        )
    for number, line in enumerate(fit, start=1):
        if len(line) > longest:
            raise JourneyError(f"{field}_unfit", f"Line {number} is too long: {longest} characters at most.")
    return fit
