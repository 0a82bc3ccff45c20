"""What lies behind every journey: the dusk, the two worlds inside the ring, and the trail still ahead."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from journey.picture import palette
from journey.picture.contracts import STAGES
from journey.picture.geometry import CENTRE, HORIZON, RING, SIZE, Box, Point, road
from journey.picture.palette import Colour

_FINE: Final = 4  # shapes are drawn this much larger and then scaled down: that makes their edges smooth
_SUN: Final = 60
_STRIDE: Final = 17  # from dot to dot of the trail
_GOLDEN: Final = (0.7548776662, 0.5698402910)  # spreads points evenly and the same way each time


@cache
def scenery() -> Image.Image:
    """The picture before anybody has set out. Copy before drawing on it."""
    page = _gradient(palette.PAGE, 0, SIZE)
    _worlds(page)
    _stars(page)
    _trail(page)
    return page


def smooth(box: Box, draw_on: Iterable[tuple[str, tuple[float, ...] | list[float]]]) -> Image.Image:
    """A mask of this box with smooth shapes in it: ("ellipse", bounds) and ("polygon", points)."""
    left, top, right, bottom = box
    large = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE))
    draw = ImageDraw.Draw(large)
    for shape, numbers in draw_on:
        scaled = [(n - (left, top)[place % 2]) * _FINE for place, n in enumerate(numbers)]
        if shape == "ellipse":
            draw.ellipse(scaled, fill=255)
        else:
            draw.polygon(scaled, fill=255)
    return large.reduce(_FINE)


def disc(centre: Point, radius: float) -> tuple[str, tuple[float, ...]]:
    """A circle for `smooth`."""
    return "ellipse", (centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius)


def _gradient(stops: palette.Stops, top: int, bottom: int) -> Image.Image:
    """Rows of one colour each. What rounding takes from a row the next one gets, so that no bands show."""
    column = Image.new("RGB", (1, bottom - top))
    owed: tuple[float, ...] = (0.0, 0.0, 0.0)
    for row in range(bottom - top):
        exact = [a + b for a, b in zip(palette.along(stops, row / (bottom - top - 1)), owed, strict=True)]
        shown = tuple(round(channel) for channel in exact)
        owed = tuple(a - b for a, b in zip(exact, shown, strict=True))
        column.putpixel((0, row), shown)
    return column.resize((SIZE, bottom - top), Image.Resampling.NEAREST)


def _worlds(page: Image.Image) -> None:
    left, top = CENTRE[0] - RING[0], CENTRE[1] - RING[1]
    box = (left, top, CENTRE[0] + RING[0], CENTRE[1] + RING[1])
    inside = Image.new("RGB", (2 * RING[0], 2 * RING[1]))
    inside.paste(_gradient(palette.SKY, top, HORIZON), (0, 0))
    inside.paste(_gradient(palette.DEPTH, HORIZON, HORIZON + RING[1]), (0, RING[1]))
    mask = smooth(box, [("ellipse", tuple(float(n) for n in box))])
    sun = Point(*CENTRE)
    _pour(inside, palette.SUN, (left, top), _sunlight(sun))
    _pour(inside, palette.RIDGE_FAR, (left, top), _hills(((0.9, 0.3), 46, 150)))
    _pour(inside, palette.RIDGE_NEAR, (left, top), _hills(((1.7, 2.4), 34, 105)))
    _pour(inside, palette.GLITTER, (left, top), _reflection(sun))
    page.paste(inside, (left, top), mask)


def _pour(
    image: Image.Image, colour: Colour, origin: tuple[int, int], layer: tuple[Image.Image, Box]
) -> None:
    mask, box = layer
    image.paste(colour, (box[0] - origin[0], box[1] - origin[1]), mask)


def _sunlight(sun: Point) -> tuple[Image.Image, Box]:
    box = (CENTRE[0] - RING[0], HORIZON - 180, CENTRE[0] + RING[0], HORIZON)
    ball = smooth(box, [disc(sun, _SUN)])
    shine = smooth(box, [disc(sun, _SUN + 14)]).filter(ImageFilter.GaussianBlur(22)).point(lambda v: v * 0.6)
    return ImageChops.lighter(ball, shine), box


def _hills(form: tuple[tuple[float, float], int, int]) -> tuple[Image.Image, Box]:
    """Low ridges that leave the sun free: they rise towards both edges of the ring."""
    (wave, phase), low, high = form
    left, right = CENTRE[0] - RING[0], CENTRE[0] + RING[0]
    line: list[float] = [left, HORIZON]
    for x in range(left, right + 1, 4):
        away = abs(x - CENTRE[0]) / RING[0]
        swell = 0.5 + 0.5 * math.sin(x / 38 * wave + phase)
        line += [x, HORIZON - max(0.0, away - 0.24) * (low + (high - low) * away * (0.55 + 0.45 * swell))]
    line += [right, HORIZON]
    box = (left, HORIZON - high - 10, right, HORIZON)
    return smooth(box, [("polygon", line)]), box


def _reflection(sun: Point) -> tuple[Image.Image, Box]:
    box = (CENTRE[0] - 110, HORIZON, CENTRE[0] + 110, HORIZON + 92)
    strips = []
    for row in range(6):
        y = HORIZON + 7 + row * 14
        half = (92 - row * 13) * (1.0 if row % 2 == 0 else 0.72)
        strips.append(("ellipse", (sun.x - half, y - 2.6 + row * 0.25, sun.x + half, y + 2.6 - row * 0.25)))
    return smooth(box, strips).point(lambda v: v * 0.62), box


def _stars(page: Image.Image) -> None:
    places = [Point(SIZE * ((n * _GOLDEN[0]) % 1), SIZE * ((n * _GOLDEN[1]) % 1)) for n in range(1, 220)]
    for number, point in enumerate(places):
        if _is_free(point):
            _dot(page, point, 1.2 + 0.5 * (number % 4), palette.STAR)


def _is_free(point: Point) -> bool:
    """Whether a star would stand behind no words: in the corners, and in the depth beside the legend."""
    right, down = abs(point.x - CENTRE[0]), point.y - CENTRE[1]
    if right > 235 and abs(down) > 525:
        return True
    return down > 30 and right > 170 and math.hypot(right / RING[0], down / RING[1]) < 0.86


def _trail(page: Image.Image) -> None:
    """Dots from station to station. From the last to the first there are none: that gap only the whole way closes."""
    for number in range(1, STAGES):
        for point in _steps(number):
            _dot(page, point, 2.6, palette.TRAIL)


def _steps(number: int) -> list[Point]:
    length = sum(math.dist((one.x, one.y), (other.x, other.y)) for one, other in pairwise(road(number)))
    return road(number, round(length / _STRIDE))[1:-1]


def _dot(page: Image.Image, point: Point, radius: float, colour: Colour) -> None:
    x, y = point.whole
    box = (x - 5, y - 5, x + 5, y + 5)
    page.paste(colour, box, smooth(box, [disc(point, radius)]))
