"""What is put on the scenery: stations, signs and stretches of the way. Each is made once and kept."""

from __future__ import annotations

from functools import cache
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from journey.picture import palette
from journey.picture.contracts import StageState
from journey.picture.geometry import CENTRE, HALO, RADIUS, RADIUS_CURRENT, ROAD, Box, Point, road, station
from journey.picture.lettering import font
from journey.picture.palette import Colour
from journey.picture.scenery import disc, smooth

_SLICES: Final = 48  # of the way from one station to the next

Stamp = tuple[Image.Image, Image.Image]  # its colours, and the mask to lay them on with


@cache
def stretch(number: int) -> tuple[Image.Image, Image.Image, Box]:
    """The way from this station to the next: its colours, its mask with a soft glow, and where it lies."""
    line = road(number)
    reach = ROAD * 3
    box = (
        round(min(point.x for point in line)) - reach,
        round(min(point.y for point in line)) - reach,
        round(max(point.x for point in line)) + reach,
        round(max(point.y for point in line)) + reach,
    )
    fire = Image.new("RGB", (box[2] - box[0], box[3] - box[1]))
    brush = ImageDraw.Draw(fire)
    # Slices of the ring, each of one colour, and some beyond both ends for the glow.
    for step in range(-_SLICES // 2, _SLICES * 3 // 2):
        place = number + step / _SLICES
        edges = [_outwards(station(each), box) for each in (place, place + 1.1 / _SLICES)]
        brush.polygon([(CENTRE[0] - box[0], CENTRE[1] - box[1]), *edges], fill=palette.fire(place))
    core = smooth(box, [disc(point, ROAD / 2) for point in road(number, 160)])
    # In steps of four: nobody sees it, and the file is a tenth smaller.
    glow = core.filter(ImageFilter.GaussianBlur(ROAD * 0.7)).point(lambda v: int(v * 0.45) // 4 * 4)
    return fire, ImageChops.lighter(core, glow), box


def _outwards(point: Point, box: Box) -> tuple[float, float]:
    """This place seen from the centre of the ring, but well outside of it."""
    return (
        CENTRE[0] + (point.x - CENTRE[0]) * 1.5 - box[0],
        CENTRE[1] + (point.y - CENTRE[1]) * 1.5 - box[1],
    )


@cache
def station_stamp(number: int, state: StageState) -> Stamp:
    """A station with its number, centred in its stamp."""
    reach = HALO if state == "current" else RADIUS + 3
    middle = Point(reach, reach)
    box = (0, 0, 2 * reach, 2 * reach)
    stamp = Image.new("RGB", box[2:])
    mask = Image.new("L", box[2:])

    def lay(colour: Colour, layer: Image.Image) -> None:
        stamp.paste(colour, mask=layer)
        mask.paste(255, mask=layer)

    if state == "current":
        stamp.paste(palette.GLOW, box)
        mask = _shine(reach)
        lay(palette.LIT, smooth(box, [disc(middle, RADIUS_CURRENT)]))
        lay(palette.fire(number), smooth(box, [disc(middle, RADIUS_CURRENT - 4)]))
        lay(palette.LIT, smooth(box, [disc(middle, RADIUS_CURRENT - 9)]))
        ink, size = palette.INK, 44
    elif state == "done":
        stamp.paste(palette.fire(number), box)
        lay(palette.fire(number), smooth(box, [disc(middle, RADIUS)]))
        ink, size = palette.INK, 34
    else:
        stamp.paste(palette.AHEAD_EDGE, box)
        lay(palette.AHEAD_EDGE, smooth(box, [disc(middle, RADIUS)]))
        lay(palette.AHEAD_FACE, smooth(box, [disc(middle, RADIUS - 3)]))
        ink, size = palette.AHEAD_NUMBER, 32
    ImageDraw.Draw(stamp).text((reach, reach), str(number), fill=ink, font=font("bold", size), anchor="mm")
    return stamp, mask


def _shine(reach: int) -> Image.Image:
    """Light that fades outwards, black at the rim."""
    fading = Image.radial_gradient("L").resize((2 * reach, 2 * reach), Image.Resampling.BICUBIC)
    # 0 in the middle, 180 at the middle of a side
    return fading.point(lambda v: 0 if v >= 180 else round(190 * (1 - v / 180) ** 1.7))


@cache
def sign_stamp(state: StageState) -> Stamp:
    """A station without its number, small."""
    box = (0, 0, 36, 36)
    middle = Point(18, 18)
    colour = {"done": palette.fire(1), "current": palette.LIT, "ahead": palette.AHEAD_EDGE}[state]
    stamp = Image.new("RGB", box[2:], colour)
    radius = 18 if state == "current" else 14
    mask = smooth(box, [disc(middle, radius)])
    if state == "current":
        stamp.paste(palette.fire(2), mask=smooth(box, [disc(middle, radius - 2)]))
        stamp.paste(palette.LIT, mask=smooth(box, [disc(middle, radius - 6)]))
    elif state == "ahead":
        stamp.paste(palette.AHEAD_FACE, mask=smooth(box, [disc(middle, radius - 3)]))
    return stamp, mask
