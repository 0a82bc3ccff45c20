"""The colours of the picture: a long dusk, with the way walked in firelight."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

Colour = tuple[int, int, int]
Stops = tuple[tuple[float, Colour], ...]


def hexed(text: str) -> Colour:
    """A colour from its six hexadecimal digits."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """From `one` (share 0) to `other` (share 1)."""
    red, green, blue = map(round, _mix(one, other, share))
    return red, green, blue


def along(stops: Stops, place: float) -> tuple[float, ...]:
    """The colour at a place of a gradient whose stops ascend; exact, not yet rounded to whole steps."""
    for (start, one), (end, other) in pairwise(stops):
        if place <= end:
            return _mix(one, other, (place - start) / (end - start))
    return stops[-1][1]


def _mix(one: Colour, other: Colour, share: float) -> tuple[float, ...]:
    return tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))


# The page behind everything, from top to bottom.
PAGE: Final = (
    (0.0, hexed("2a2b5c")),
    (0.5, hexed("3a2f63")),
    (1.0, hexed("171c45")),
)
# Inside the ring: the ordinary world above the horizon, the special world below it.
SKY: Final = (
    (0.0, hexed("2b2d62")),
    (0.55, hexed("53376f")),
    (0.82, hexed("87487a")),
    (1.0, hexed("e58a72")),
)
DEPTH: Final = (
    (0.0, hexed("3d3a77")),
    (0.35, hexed("232657")),
    (1.0, hexed("13173c")),
)
SUN: Final = hexed("ffe3b0")
GLITTER: Final = hexed("ffb58c")
RIDGE_FAR: Final = hexed("6d3f70")
RIDGE_NEAR: Final = hexed("43305f")
STAR: Final = hexed("d9d6ff")

# The way, by station: gold at the start, embers in the depth, gold again at the return.
FIRE: Final = (
    (1.0, hexed("ffd37c")),
    (3.5, hexed("ffb067")),
    (6.0, hexed("ff8d6b")),
    (8.0, hexed("f4768a")),
    (10.0, hexed("ff996c")),
    (12.0, hexed("ffd98c")),
)
INK: Final = hexed("2a1b3d")  # numbers on the fire
GLOW: Final = hexed("ffb05c")
LIT: Final = hexed("fff4df")  # the station where the person stands

TITLE: Final = hexed("fff1dc")
SUBTITLE: Final = hexed("fbf1f4")
NAME_DONE: Final = hexed("f7ead7")
NAME_CURRENT: Final = hexed("ffdf9e")
NAME_AHEAD: Final = hexed("c3c0e0")
TIME: Final = hexed("f6bd8b")
TIME_CURRENT: Final = hexed("ffdf9e")
LEGEND: Final = hexed("e9dff0")

AHEAD_FACE: Final = hexed("2b2a5a")
AHEAD_EDGE: Final = hexed("8f8cbf")
AHEAD_NUMBER: Final = hexed("cfccea")
TRAIL: Final = hexed("7d7ab0")


def fire(number: float) -> Colour:
    """The colour of the way at this station, or between two; past the last it turns back to the first."""
    first, last = FIRE[0], FIRE[-1]
    if number > last[0]:
        return blend(last[1], first[1], min(1.0, number - last[0]))
    red, green, blue = map(round, along(FIRE, max(first[0], number)))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """How well one colour reads on the other, 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """Relative luminance of WCAG 2, 0 to 1."""
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
