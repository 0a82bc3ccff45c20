"""What changed between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

_WORDS: Final = re.compile(r"\s*\S+|\s+$")
# The comparison costs the product of the lengths; of longer texts only whole lines are compared.
_MOST_WORDS: Final = 1_500


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of text that stayed, came or went; all but what went, together, are the new text to the letter."""

    kind: Literal["same", "added", "removed"]
    text: str


def differences(old: str, new: str) -> tuple[Change, ...]:
    """How the old text became the new one, in pieces; what went stands before what came in its place."""
    return tuple(each for each in _changes(_pieces(old), _pieces(new)) if each.text)


def _pieces(text: str) -> list[str]:
    words = _WORDS.findall(text)
    return words if len(words) <= _MOST_WORDS else text.splitlines(keepends=True)


def _changes(old: list[str], new: list[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, [each.strip() for each in old], [each.strip() for each in new], False)
    for how, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if how == "equal":
            yield Change("same", "".join(new[new_from:new_to]))
        else:
            yield Change("removed", "".join(old[old_from:old_to]))
            yield Change("added", "".join(new[new_from:new_to]))
