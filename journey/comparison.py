"""What differs between two wordings of a stage. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from journey.stages import Stage
from profiles.differences import Change, differences

# Lines that have so much in common are the same line, put in other words.
_ALIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of a list: it stayed, came, went, or was put in other words; `changes` are its pieces."""

    kind: Literal["same", "added", "removed", "changed"]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ComparedStage:
    """A wording beside an earlier one, field by field."""

    name: tuple[Change, ...]
    intensity: tuple[Change, ...]
    description: tuple[Change, ...]
    questions: tuple[ComparedLine, ...]
    resistance: tuple[ComparedLine, ...]
    techniques: tuple[ComparedLine, ...]


def compared(old: Stage, new: Stage) -> ComparedStage:
    """How the new wording differs from the old one."""
    return ComparedStage(
        name=differences(old.name, new.name),
        intensity=differences(old.intensity, new.intensity),
        description=differences(old.description, new.description),
        questions=tuple(compared_lines(old.questions, new.questions)),
        resistance=tuple(compared_lines(old.resistance, new.resistance)),
        techniques=tuple(compared_lines(old.techniques, new.techniques)),
    )


def compared_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[ComparedLine]:
    """The new list with what went from the old one in between."""
    for how, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, False).get_opcodes():
        if how == "equal":
            yield from (_whole("same", line) for line in new[new_from:new_to])
        else:
            yield from _replaced(list(old[old_from:old_to]), new[new_from:new_to])


def _replaced(old: list[str], new: Sequence[str]) -> Iterator[ComparedLine]:
    for line in new:
        was = next((each for each in old if _alike(each, line)), None)
        if was is None:
            yield _whole("added", line)
            continue
        # What stood before it and is not found again went.
        place = old.index(was)
        yield from (_whole("removed", each) for each in old[:place])
        del old[: place + 1]
        yield ComparedLine("changed", differences(was, line))
    yield from (_whole("removed", each) for each in old)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.split(), other.split(), False).ratio() >= _ALIKE


def _whole(kind: Literal["same", "added", "removed"], line: str) -> ComparedLine:
    return ComparedLine(kind, (Change(kind, line),))
