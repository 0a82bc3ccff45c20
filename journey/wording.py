"""What staff write about a stage, as it may be put in force. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from journey.errors import JourneyError
from journey.errors import gettext_noop as _
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

_NEEDED: Final = {
    "name": _("A stage needs a name."),
    "description": _("A stage needs a description."),
}
_TOO_LONG: Final = {
    "name": _("The name may have %(longest)s characters at most."),
    "description": _("The description may have %(longest)s characters at most."),
}
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
        raise JourneyError("stage_unknown", _("There is no such stage."))
    if written.language not in LANGUAGES:
        raise JourneyError(
            "language_unknown", _("Stages are written in: %(languages)s."), languages=", ".join(LANGUAGES)
        )
    if written.intensity not in set(Intensity):
        raise JourneyError(
            "intensity_unknown",
            _("The intensity is one of: %(intensities)s."),
            intensities=", ".join(Intensity),
        )
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
        raise JourneyError(f"{field}_unfit", _NEEDED[field])
    if len(text) > longest:
        raise JourneyError(f"{field}_unfit", _TOO_LONG[field], longest=longest)
    return text


def _lines(field: str, lines: Iterable[str], count: tuple[int, int], longest: int) -> tuple[str, ...]:
    fit = tuple(
        dict.fromkeys(line for each in lines if says_something(line := plain_line(each, 2 * longest)))
    )
    fewest, most = count
    if not fewest <= len(fit) <= most:
        raise JourneyError(
            f"{field}_unfit",
            _("A stage needs %(fewest)s to %(most)s lines here; there are %(count)s."),
            fewest=fewest,
            most=most,
            count=len(fit),
        )
    for number, line in enumerate(fit, start=1):
        if len(line) > longest:
            raise JourneyError(
                f"{field}_unfit",
                _("Line %(number)s is too long: %(longest)s characters at most."),
                number=number,
                longest=longest,
            )
    return fit
