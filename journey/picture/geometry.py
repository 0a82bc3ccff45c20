"""Where things lie, in pixels of the finished picture.

The way is an upright ring. The Call stands at its top and the Ordeal at its bottom; the Threshold and the
Resurrection lie on the horizon, where one passes into the special world and comes back out of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from journey.picture.contracts import STAGES

Side = Literal["left", "right", "above", "below"]
Box = tuple[int, int, int, int]  # left, top, right, bottom

SIZE: Final = 1280  # both ways: what Telegram keeps of a photo without scaling it
MARGIN: Final = 24
CENTRE: Final = (640, 640)
RING: Final = (300, 452)  # half-axes

RADIUS: Final = 33
RADIUS_CURRENT: Final = 45
HALO: Final = 104
GAP: Final = 20  # from a station to its words
ROAD: Final = 14  # width of the way walked

HORIZON: Final = CENTRE[1]
_AT_THRESHOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the picture."""

    x: float
    y: float

    @property
    def whole(self) -> tuple[int, int]:
        """The nearest pixel."""
        return round(self.x), round(self.y)


def station(number: float) -> Point:
    """The place of a station on the ring; a fraction lies between two."""
    angle = _angle(number)
    return Point(CENTRE[0] + RING[0] * math.sin(angle), CENTRE[1] - RING[1] * math.cos(angle))


def height(number: int) -> float:
    """How high a station stands: 1 at the top of the ring, -1 at its bottom."""
    return math.cos(_angle(number))


def side(number: int) -> Side:
    """Where the words of a station stand."""
    if abs(height(number)) > 0.99:
        return "above" if height(number) > 0 else "below"
    return "right" if math.sin(_angle(number)) > 0 else "left"


def road(number: int, steps: int = 48) -> list[Point]:
    """The way from a station to the next one as a line of points; from the last it leads to the first."""
    return [station(number + step / steps) for step in range(steps + 1)]


def _angle(number: float) -> float:
    """Clockwise from the top, in radians."""
    return math.radians((number - _AT_THRESHOLD) * 360 / STAGES + 90)
