"""Charts as numbers for plain SVG: drawn on the server, so that they need no script and print. Pure.

Widths and places are texts: a template would write 12,5 where the language does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

# A chart is drawn so high, and each day so wide, and stretches with the page.
HEIGHT: Final = 100.0
STEP: Final = 10.0
_GAP: Final = 2.0
_EASY: Final = (1, 2, 3, 4, 5, 6, 8)
_EASY_TENTHS: Final = (10, 15, 20, 25, 30, 40, 50, 60, 80)


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a column or of a bar. `kind` is its colour's name."""

    kind: str
    place: str
    length: str


@dataclass(frozen=True, slots=True)
class Column:
    """One day: its pieces from below, and what it says."""

    day: date
    x: str
    parts: tuple[Part, ...]
    values: tuple[int, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """Values of days, each day's pieces on top of each other; `top` is the value of the upper edge."""

    columns: tuple[Column, ...]
    width: str
    bar: str
    top: int
    total: int

    @property
    def is_empty(self) -> bool:
        return self.total == 0


def columns(days: Sequence[tuple[date, Sequence[int]]], *, kinds: Sequence[str]) -> Columns:
    """A column for each day, oldest first, with a piece for each kind."""
    top = round_up(max((sum(values) for _day, values in days), default=0))
    drawn = []
    for place, (day, values) in enumerate(days):
        parts, below = [], 0.0
        for kind, value in zip(kinds, values, strict=True):
            length = value / top * HEIGHT
            below += length
            if value:
                parts.append(Part(kind, _text(HEIGHT - below), _text(length)))
        drawn.append(
            Column(day, _text(place * STEP + _GAP / 2), tuple(parts), tuple(values), place == len(days) - 1)
        )
    total = sum(sum(values) for _day, values in days)
    return Columns(tuple(drawn), _text(len(days) * STEP), _text(STEP - _GAP), top, total)


def round_up(value: float) -> int:
    """The next number that is easily read and not below it: 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, …"""
    for each in _EASY:
        if value <= each:
            return each
    step = 10
    while True:
        for tenths in _EASY_TENTHS:
            if value <= tenths * step // 10:
                return tenths * step // 10
        step *= 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a list of bars. Percents are of the whole, and of the line before; None where there is none."""

    key: str
    name: str
    count: int
    length: str
    of_whole: int | None
    of_previous: int | None = None


def bars(counts: Mapping[str, int], *, names: Mapping[str, str]) -> tuple[Bar, ...]:
    """A bar for each name, the longest as long as the page allows; percents are of their sum."""
    longest, whole = max(counts.values(), default=0), sum(counts.values())
    return tuple(
        Bar(
            key,
            name,
            counts.get(key, 0),
            _share(counts.get(key, 0), longest),
            percent(counts.get(key, 0), whole),
        )
        for key, name in names.items()
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel: how many came so far. `after` is the step that it is compared with."""

    key: str
    name: str
    count: int
    after: str = ""


def funnel(steps: Sequence[Step]) -> tuple[Bar, ...]:
    """The steps as bars; the first is the whole, unless a later one is larger, as after an import."""
    counts = {each.key: each.count for each in steps}
    longest = max(counts.values(), default=0)
    whole = steps[0].count if steps else 0
    return tuple(
        Bar(
            each.key,
            each.name,
            each.count,
            _share(each.count, longest),
            percent(each.count, whole),
            _of_previous(each, counts),
        )
        for each in steps
    )


def _of_previous(step: Step, counts: Mapping[str, int]) -> int | None:
    """A step with more people than the one before is no part of it: an import, or staff, left that one out."""
    before = counts.get(step.after, 0)
    return percent(step.count, before) if step.count <= before else None


def stack(counts: Mapping[str, int]) -> tuple[Part, ...]:
    """Shares of a whole beside each other, on a bar of 100."""
    whole, drawn, place = sum(counts.values()), [], 0.0
    for kind, count in counts.items():
        if count:
            length = count / whole * 100
            drawn.append(Part(kind, _text(place), _text(length)))
            place += length
    return tuple(drawn)


def percent(part: int, whole: int) -> int | None:
    """Whole percents; never 0 or 100 for what is a little more or less than that."""
    if not whole:
        return None
    exact = part / whole * 100
    if 0 < exact < 1:
        return 1
    return 99 if 99 < exact < 100 else round(exact)


def _share(part: int, whole: int) -> str:
    return _text(part / whole * 100 if whole else 0)


def _text(number: float) -> str:
    return f"{number:.2f}"
