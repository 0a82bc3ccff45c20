"""Readiness over time, as lines to draw. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

# The chart is drawn on a square of 100 by 100 that stretches with the page.
SIDE = 100.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One reading: its place, and what it says."""

    x: str
    y: str
    at: datetime
    percent: int


@dataclass(frozen=True, slots=True)
class Line:
    """One stream, oldest reading first; `path` is SVG's."""

    slug: str
    dots: tuple[Dot, ...]
    path: str

    @property
    def first(self) -> int:
        return self.dots[0].percent

    @property
    def last(self) -> int:
        return self.dots[-1].percent


def lines(readings: Sequence[tuple[datetime, Mapping[str, int]]]) -> tuple[Line, ...]:
    """A line for each stream, that which is highest in the end first. Readings are oldest first."""
    if not readings:
        return ()
    begin, end = readings[0][0], readings[-1][0]
    slugs = {slug: None for _at, percents in readings for slug in percents}
    drawn = [_line(slug, readings, begin, end) for slug in slugs]
    return tuple(sorted(drawn, key=lambda each: -each.last))


def _line(
    slug: str, readings: Sequence[tuple[datetime, Mapping[str, int]]], begin: datetime, end: datetime
) -> Line:
    dots = tuple(
        _dot(at, max(0, min(100, percents[slug])), begin, end)
        for at, percents in readings
        if slug in percents
    )
    return Line(slug, dots, "M" + "L".join(f"{dot.x} {dot.y}" for dot in dots))


def _dot(at: datetime, percent: int, begin: datetime, end: datetime) -> Dot:
    whole = (end - begin).total_seconds()
    # A single moment stands in the middle.
    share = (at - begin).total_seconds() / whole if whole else 0.5
    # As text: a template would write 12,5 where the language does.
    return Dot(f"{share * SIDE:.2f}", f"{SIDE - percent:.2f}", at, percent)
