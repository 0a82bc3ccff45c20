"""Where the words of the picture stand: measured before anything is drawn, so that nothing meets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from journey.picture import palette
from journey.picture.contracts import JourneyPicture, StageMark, StageState
from journey.picture.geometry import (
    CENTRE,
    GAP,
    HORIZON,
    MARGIN,
    RADIUS,
    RADIUS_CURRENT,
    SIZE,
    height,
    side,
    station,
)
from journey.picture.lettering import Lines, fit, fit_parts
from journey.picture.palette import Colour

_NAME: Final = 36
_TIME: Final = 28
_TITLE_WIDTH: Final = 410
_SUBTITLE_WIDTH: Final = 450
_UPRIGHT_WIDTH: Final = 372  # of words above or below their station
_LEGEND_TOP: Final = HORIZON + 160
_LEGEND_ROW: Final = 62
_LEGEND_INDENT: Final = 52  # from the left edge of a sign to its word


@dataclass(frozen=True, slots=True)
class Words:
    """A text in its place. `x` is its left, middle or right, as `align` says."""

    text: Lines
    x: float
    top: float
    align: Literal["l", "m", "r"]
    colour: Colour

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the lines."""
        width = max((self.text.font.getlength(line) for line in self.text.lines), default=0.0)
        left = self.x - {"l": 0.0, "m": width / 2, "r": width}[self.align]
        return left, self.top, left + width, self.top + self.text.height


def station_words(mark: StageMark) -> tuple[Words, Words]:
    """The name of a station beside it, and under the name its time."""
    current = mark.state == "current"
    gap = (RADIUS_CURRENT if current else RADIUS) + GAP
    where, stands = station(mark.number), side(mark.number)
    if upright := stands in ("above", "below"):
        gap, width = gap - 10, _UPRIGHT_WIDTH
    else:
        width = int(min(where.x, SIZE - where.x) - gap - MARGIN)
    name = fit(
        mark.name, face="bold" if current else "text", width=width, lines=2 if upright else 3, largest=_NAME
    )
    time = fit(mark.time, face="text", width=width, lines=1, largest=_TIME)
    tall = name.height + time.height
    if upright:
        x, top = where.x, where.y - gap - tall if stands == "above" else where.y + gap
    else:
        x = where.x + (gap if stands == "right" else -gap)
        # Drawn towards the outside of the ring, so that no line comes to lie on the way.
        top = where.y - tall / 2 - height(mark.number) * tall * 0.4
    align: Literal["l", "m", "r"] = "m" if upright else "l" if stands == "right" else "r"
    name_colour, time_colour = _ink(mark.state)
    return Words(name, x, top, align, name_colour), Words(time, x, top + name.height, align, time_colour)


def _ink(state: StageState) -> tuple[Colour, Colour]:
    if state == "current":
        return palette.NAME_CURRENT, palette.TIME_CURRENT
    return (palette.NAME_DONE if state == "done" else palette.NAME_AHEAD), palette.TIME


def head(picture: JourneyPicture) -> tuple[Words, Words]:
    """Title and subtitle in the sky, over the sun; a long title grows upwards."""
    title = fit(picture.title, face="title", width=_TITLE_WIDTH, lines=1, largest=90, smallest=72)
    if title.is_cut:
        title = fit(picture.title, face="title", width=_TITLE_WIDTH, lines=2, largest=80, smallest=48)
    subtitle = fit_parts(picture.subtitle, face="text", width=_SUBTITLE_WIDTH, largest=30)
    top = HORIZON - 102 - subtitle.height
    return (
        Words(title, CENTRE[0], top - 16 - title.height, "m", palette.TITLE),
        Words(subtitle, CENTRE[0], top, "m", palette.SUBTITLE),
    )


def legend(picture: JourneyPicture) -> tuple[tuple[Words, tuple[int, int]], ...]:
    """What the three kinds of station mean, in the depth: each word with the middle of the left edge of its sign."""
    texts = [fit(word, face="text", width=300, lines=1, largest=_TIME) for word in picture.legend]
    wide = _LEGEND_INDENT + max(
        (text.font.getlength(line) for text in texts for line in text.lines), default=0
    )
    left = round(CENTRE[0] - wide / 2)
    rows = [_LEGEND_TOP + row * _LEGEND_ROW for row in range(len(texts))]
    return tuple(
        (Words(text, left + _LEGEND_INDENT, y - text.leading / 2 + 1, "l", palette.LEGEND), (left, y))
        for text, y in zip(texts, rows, strict=True)
    )


def all_words(picture: JourneyPicture) -> Iterator[Words]:
    """Every text of the picture."""
    for mark in picture.marks:
        yield from station_words(mark)
    yield from head(picture)
    yield from (words for words, _ in legend(picture))
