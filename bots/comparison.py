"""Two wordings side by side: lines that belong together stand in one row, with the words that differ marked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

# So many lines that stayed are shown around a change; the others are folded.
AROUND: Final = 3
# Lines that have so much in common are the same line, put in other words.
_ALIKE: Final = 0.4
# Comparing costs the product of the lengths. Of what is longer, lines meet in their order, and are marked whole.
_MOST_PAIRS: Final = 2_500
_MOST_WORDS: Final = 400_000
_WORDS: Final = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; `is_marked` where the other side says something else."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each side, by number from 1, None where that side has none.

    `folded` counts the lines that stayed and are not shown: such a row has nothing else.
    """

    kind: Literal["same", "changed", "removed", "added", "folded"]
    old_number: int | None = None
    new_number: int | None = None
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Sides:
    """The rows, and how many lines came, went, or were put in other words."""

    rows: tuple[Row, ...]
    added: int
    removed: int
    changed: int

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.changed)


def side_by_side(old: str, new: str, *, is_whole: bool = False) -> Sides:
    """The old wording and the new one, line by line; what stayed is folded unless `is_whole`."""
    rows = list(_rows(old.splitlines(), new.splitlines()))
    kinds = [each.kind for each in rows]
    return Sides(
        rows=tuple(rows if is_whole else _folded(rows)),
        added=kinds.count("added"),
        removed=kinds.count("removed"),
        changed=kinds.count("changed"),
    )


@dataclass(frozen=True, slots=True)
class Glance:
    """What is new at a glance: how many lines came and went (a line that was reworded did both), and the first."""

    came: int
    went: int
    first: str


def glance(old: str, new: str) -> Glance:
    """How the new wording differs from the old one, for a line of a list."""
    was, now = old.splitlines(), new.splitlines()
    came: list[str] = []
    gone: list[str] = []
    for how, old_at, old_end, new_at, new_end in SequenceMatcher(None, was, now).get_opcodes():
        if how != "equal":
            gone += was[old_at:old_end]
            came += now[new_at:new_end]
    lines = [each.strip() for each in (*came, *gone) if each.strip()]
    return Glance(len(came), len(gone), lines[0] if lines else "")


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    # Above 200 lines what occurs all the time is no landmark: without that, a text of equal lines takes minutes.
    for how, old_at, old_end, new_at, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if how == "equal":
            for step in range(old_end - old_at):
                text = (Piece(old[old_at + step]),)
                yield Row("same", old_at + step + 1, new_at + step + 1, text, text)
        else:
            yield from _replaced(old, range(old_at, old_end), new, range(new_at, new_end))


def _replaced(old: Sequence[str], was: range, new: Sequence[str], now: range) -> Iterator[Row]:
    """Lines that took the place of others: those that are alike meet, the rest went or came."""
    is_small = len(was) * len(now) <= _MOST_PAIRS
    at = was.start
    for number in now:
        alike = _met(old, range(at, was.stop), new[number], is_small=is_small)
        if alike is None:
            yield Row("added", None, number + 1, (), (Piece(new[number], is_marked=True),))
            continue
        yield from (_gone(old, each) for each in range(at, alike))
        before, after = _words(old[alike], new[number])
        yield Row("changed", alike + 1, number + 1, before, after)
        at = alike + 1
    yield from (_gone(old, each) for each in range(at, was.stop))


def _met(old: Sequence[str], places: range, line: str, *, is_small: bool) -> int | None:
    if not is_small:
        return places.start if places else None
    return next((each for each in places if _are_alike(old[each], line)), None)


def _are_alike(one: str, other: str) -> bool:
    if not one.strip() or not other.strip():
        return False
    was, now = one.split(), other.split()
    matcher = SequenceMatcher(None, was, now, False)
    # The quick look is an upper bound; for very long lines it is all there is.
    if matcher.quick_ratio() < _ALIKE:
        return False
    return len(was) * len(now) > _MOST_WORDS or matcher.ratio() >= _ALIKE


def _gone(old: Sequence[str], place: int) -> Row:
    return Row("removed", place + 1, None, (Piece(old[place], is_marked=True),), ())


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    was, now = _WORDS.findall(old), _WORDS.findall(new)
    if len(was) * len(now) > _MOST_WORDS:
        return (Piece(old, is_marked=True),), (Piece(new, is_marked=True),)
    before: list[Piece] = []
    after: list[Piece] = []
    for how, old_at, old_end, new_at, new_end in SequenceMatcher(None, was, now, False).get_opcodes():
        is_marked = how != "equal"
        before.append(Piece("".join(was[old_at:old_end]), is_marked))
        after.append(Piece("".join(now[new_at:new_end]), is_marked))
    return _together(before), _together(after)


def _together(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Marks that only a space keeps apart become one: it is read as one change."""
    kept: list[Piece] = []
    for place, each in enumerate(pieces):
        if not each.text:
            continue
        is_between = (
            each.text.isspace()
            and 0 < place < len(pieces) - 1
            and pieces[place - 1].is_marked
            and pieces[place + 1].is_marked
        )
        is_marked = each.is_marked or is_between
        if kept and kept[-1].is_marked == is_marked:
            kept[-1] = Piece(kept[-1].text + each.text, is_marked)
        else:
            kept.append(Piece(each.text, is_marked))
    return tuple(kept)


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    near = {
        place + step
        for place, each in enumerate(rows)
        if each.kind != "same"
        for step in range(-AROUND, AROUND + 1)
    }
    hidden = 0
    for place, each in enumerate(rows):
        if place not in near:
            hidden += 1
            continue
        if hidden:
            yield _fold(rows, place, hidden)
            hidden = 0
        yield each
    if hidden:
        yield _fold(rows, len(rows), hidden)


def _fold(rows: Sequence[Row], place: int, hidden: int) -> Row:
    # A fold of one line takes as much room as the line.
    return rows[place - 1] if hidden == 1 else Row("folded", folded=hidden)
