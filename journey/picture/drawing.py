"""Draws a journey: the scenery, the way walked, the stations and their words."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Final

from PIL import Image, ImageDraw

from journey.picture.contracts import STAGES, JourneyPicture, StageMark, StageState
from journey.picture.geometry import station
from journey.picture.scenery import scenery
from journey.picture.stamps import Stamp, sign_stamp, station_stamp, stretch
from journey.picture.wording import Words, all_words, legend

PICTURE_VERSION: Final = 1
"""Part of the key under which pictures are kept: raise it whenever the same journey is drawn differently."""

_SIGNS: Final[tuple[StageState, ...]] = ("done", "current", "ahead")
_BASELINE: Final = 0.8  # of the leading: where the letters of a line stand


def draw_journey(picture: JourneyPicture) -> bytes:
    """The journey as a PNG, 1280 pixels square and opaque. Equal pictures give equal bytes."""
    page = scenery().copy()
    _walk(page, picture.marks)
    for mark in picture.marks:
        _press(page, station_stamp(mark.number, mark.state), *station(mark.number).whole)
    for (_, (left, middle)), state in zip(legend(picture), _SIGNS, strict=True):
        stamp = sign_stamp(state)
        _press(page, stamp, left + stamp[0].width // 2, middle)
    draw = ImageDraw.Draw(page)
    for words in all_words(picture):
        _write(draw, words)
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


def _walk(page: Image.Image, marks: tuple[StageMark, ...]) -> None:
    """Firelight between neighbours that were both reached; the ring closes when all of it was walked."""
    reached = [one.number for one, other in pairwise(marks) if one.state == "done" and other.state != "ahead"]
    if all(mark.state == "done" for mark in marks):
        reached.append(STAGES)
    for number in reached:
        fire, mask, box = stretch(number)
        page.paste(fire, box[:2], mask)


def _press(page: Image.Image, stamp: Stamp, x: int, y: int) -> None:
    """Lay a stamp with its middle here."""
    colours, mask = stamp
    page.paste(colours, (x - colours.width // 2, y - colours.height // 2), mask)


def _write(draw: ImageDraw.ImageDraw, words: Words) -> None:
    text = words.text
    for row, line in enumerate(text.lines):
        foot = round(words.top + text.leading * (row + _BASELINE))
        draw.text((round(words.x), foot), line, fill=words.colour, font=text.font, anchor=f"{words.align}s")
