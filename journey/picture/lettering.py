"""Letters: which can be shown, how they break into lines, and how large they may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from PIL import ImageFont

Face = Literal["title", "text", "bold", "broad"]
Font = ImageFont.FreeTypeFont

SMALLEST: Final = 26  # what is still read on a phone, in pixels of 1280
ELLIPSIS: Final = "…"
_SEPARATOR: Final = " · "
_LONGEST: Final = 240  # characters of one text that are looked at; the rest could not be shown anyway
_NOWHERE: Final = "\U0010ffff"  # a noncharacter: every font answers with its box for missing glyphs

_FOLDER: Final = Path(__file__).parents[1] / "fonts"
_FILES: Final[dict[Face, str]] = {
    "title": "EBGaramond12-Regular.otf",
    "text": "Manrope-SemiBold.ttf",
    "bold": "Manrope-Bold.ttf",
    "broad": "Inter-SemiBold.otf",  # stands in where a text has letters of the smaller alphabets: Ғ, Ә, Ө
}


@dataclass(frozen=True, slots=True)
class Lines:
    """A text that fits: its lines and the font that they fit in."""

    lines: tuple[str, ...]
    font: Font
    leading: int  # pixels from one baseline to the next
    is_cut: bool = False  # whether its end had to be left out

    @property
    def height(self) -> int:
        """Pixels from the top of the first line to the foot of the last."""
        return self.leading * len(self.lines)


@cache
def font(face: Face, size: int) -> Font:
    """One of our fonts in a size in pixels.

    The simple layout engine: the other one is a library that one machine has and the next has not.
    """
    return ImageFont.truetype(str(_FOLDER / _FILES[face]), size, layout_engine=ImageFont.Layout.BASIC)


def clean(text: str, face: Face = "text") -> str:
    """The part of a text that this font can show, on one line.

    Letters come as their plain form where the font lacks the ornate one; marks that steer direction, emoji
    and foreign scripts go. What stood between separators and lost all its letters goes with its separator.
    """
    shown = "".join(_shown(unicodedata.normalize("NFC", text[:_LONGEST]), face))
    parts = (" ".join(part.split()) for part in f" {shown} ".split(_SEPARATOR))
    return _SEPARATOR.join(part for part in parts if any(map(str.isalnum, part)))


def fit(text: str, *, face: Face, width: int, lines: int, largest: int, smallest: int = SMALLEST) -> Lines:
    """The text in the largest size in which it fits into so many lines of this width, whole words only.

    Where even the smallest is too large, words are broken and the end is left out, with an ellipsis.
    """
    face = _bearer(text, face)
    words = clean(text, face).split()
    units = _tied(words)
    for size in range(largest, smallest - 1, -2):
        letters = font(face, size)
        found = _fill(units, letters, width)
        if len(found) <= lines and all(letters.getlength(line) <= width for line in found):
            return Lines(tuple(_even(units, letters, found)), letters, _leading(size, face))
    letters = font(face, smallest)
    found = _fill([piece for word in words for piece in _pieces(word, letters, width)], letters, width)
    is_cut = len(found) > lines
    shown = [*found[: lines - 1], _shorten(found[lines - 1], letters, width)] if is_cut else found
    return Lines(tuple(shown), letters, _leading(smallest, face), is_cut)


def fit_parts(text: str, *, face: Face, width: int, largest: int, smallest: int = SMALLEST) -> Lines:
    """A text such as "name · date" on one line or, where it is too long, its last part on a line of its own.

    So an endless name is cut, and the date is not.
    """
    whole = fit(text, face=face, width=width, lines=1, largest=largest, smallest=smallest)
    start, separator, end = clean(text, _bearer(text, face)).rpartition(_SEPARATOR)
    if not separator or not whole.is_cut:
        return whole
    parts = [
        fit(part, face=face, width=width, lines=1, largest=smallest, smallest=smallest)
        for part in (start, end)
    ]
    lines = tuple(line for part in parts for line in part.lines)
    return Lines(lines, whole.font, whole.leading, any(part.is_cut for part in parts))


def _bearer(text: str, face: Face) -> Face:
    """The font that can show the whole text: this one, or else the broad one if that shows more of it."""
    lacking = [each for each in unicodedata.normalize("NFC", text[:_LONGEST]) if not has_glyph(each, face)]
    return "broad" if any(has_glyph(each, "broad") for each in lacking if not each.isspace()) else face


def _tied(words: list[str]) -> list[str]:
    """Words with what may not be parted from them at a line's end: prepositions, numbers of days."""
    units: list[str] = []
    for word in words:
        if units and len(units[-1]) <= 2:
            units[-1] += f" {word}"
        else:
            units.append(word)
    return units


def _leading(size: int, face: Face) -> int:
    return round(size * (1.0 if face == "title" else 1.18))


def _shown(text: str, face: Face) -> Iterator[str]:
    for character in text:
        if character.isspace():
            yield " "
        elif has_glyph(character, face):
            yield character
        else:
            plain = unicodedata.normalize("NFKD", character)
            yield from (each for each in plain if has_glyph(each, face))


@lru_cache(maxsize=4096)
def has_glyph(character: str, face: Face) -> bool:
    """Whether the font draws this character as itself, not as the box for what it lacks."""
    if not character.isprintable() or unicodedata.combining(character):
        return False
    letters = font(face, SMALLEST)
    return bool(bytes(letters.getmask(character)) != bytes(letters.getmask(_NOWHERE)))


def _even(words: list[str], letters: Font, found: list[str]) -> list[str]:
    """The same number of lines, of lengths as equal as they can be."""
    width = max(map(letters.getlength, found), default=0)
    while len(found) > 1:
        width -= 8
        tighter = _fill(words, letters, width)
        if len(tighter) > len(found) or any(letters.getlength(line) > width for line in tighter):
            break
        found = tighter
    return found


def _fill(words: list[str], letters: Font, width: float) -> list[str]:
    found: list[str] = []
    for word in words:
        longer = f"{found[-1]} {word}" if found else word
        if found and letters.getlength(longer) <= width:
            found[-1] = longer
        else:
            found.append(word)
    return found


def _shorten(line: str, letters: Font, width: int) -> str:
    while line and letters.getlength(line + ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip(" ,·") + ELLIPSIS


def _pieces(word: str, letters: Font, width: int) -> Iterator[str]:
    while len(word) > 1 and letters.getlength(word) > width:
        end = next((n for n in range(len(word), 1, -1) if letters.getlength(word[:n]) <= width), 1)
        yield word[:end]
        word = word[end:]
    yield word
