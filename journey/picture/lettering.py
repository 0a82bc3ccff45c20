"""Letters: which can be shown, how they break into lines, and how large they may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from PIL import ImageFont

Face = Literal["title", "text", "bold"]
Font = ImageFont.FreeTypeFont

SMALLEST: Final = 26  # what is still read on a phone, in pixels of 1280
ELLIPSIS: Final = "…"
_SEPARATOR: Final = " · "
_LONGEST: Final = 400  # characters of one text that are looked at; the rest could not be shown anyway
_NOWHERE: Final = "\U0010ffff"  # a noncharacter: every font answers with its box for missing glyphs

_FOLDER: Final = Path(__file__).parents[1] / "fonts"
_FILES: Final[dict[Face, str]] = {
    "title": "EBGaramond12-Regular.otf",
    "text": "Manrope-SemiBold.ttf",
    "bold": "Manrope-Bold.ttf",
}


@dataclass(frozen=True, slots=True)
class Lines:
    """A text that fits: its lines and the font that they fit in."""

    lines: tuple[str, ...]
    font: Font
    leading: int  # pixels from one baseline to the next

    @property
    def height(self) -> int:
        """Pixels from the top of the first line to the foot of the last."""
        return self.leading * len(self.lines)

    @property
    def is_cut(self) -> bool:
        """Whether its end had to be left out."""
        return bool(self.lines) and self.lines[-1].endswith(ELLIPSIS)


@cache
def font(face: Face, size: int) -> Font:
    """One of our three fonts in a size in pixels.

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
    words = clean(text, face).split()
    units = _tied(words)
    for size in range(largest, smallest - 1, -2):
        letters = font(face, size)
        found = _wrap(units, letters, width)
        if len(found) <= lines and all(letters.getlength(line) <= width for line in found):
            return Lines(tuple(found), letters, _leading(size, face))
    letters = font(face, smallest)
    return Lines(tuple(_cut(words, letters, width, lines)), letters, _leading(smallest, face))


def fit_parts(text: str, *, face: Face, width: int, largest: int, smallest: int = SMALLEST) -> Lines:
    """A text such as "name · date" on one line or, where it is too long, its last part on a line of its own.

    So an endless name is cut, and the date is not.
    """
    whole = fit(text, face=face, width=width, lines=1, largest=largest, smallest=smallest)
    start, separator, end = clean(text, face).rpartition(_SEPARATOR)
    if not separator or not whole.is_cut:
        return whole
    parts = [
        fit(part, face=face, width=width, lines=1, largest=smallest, smallest=smallest)
        for part in (start, end)
    ]
    return Lines(tuple(line for part in parts for line in part.lines), whole.font, whole.leading)


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


def _wrap(words: list[str], letters: Font, width: int) -> list[str]:
    """Fill the lines; then draw them in as far as the number of lines allows, so that they are even."""
    found = _fill(words, letters, width)
    narrow = width
    while len(found) > 1 and narrow > 40:
        narrow -= 10
        tighter = _fill(words, letters, narrow)
        if len(tighter) > len(found) or any(letters.getlength(line) > narrow for line in tighter):
            break
        found = tighter
    return found


def _fill(words: list[str], letters: Font, width: int) -> list[str]:
    found: list[str] = []
    for word in words:
        longer = f"{found[-1]} {word}" if found else word
        if found and letters.getlength(longer) <= width:
            found[-1] = longer
        else:
            found.append(word)
    return found


def _cut(words: list[str], letters: Font, width: int, lines: int) -> list[str]:
    pieces = [piece for word in words for piece in _pieces(word, letters, width)]
    found = _fill(pieces, letters, width)
    if len(found) <= lines:
        return found
    last = found[lines - 1]
    while last and letters.getlength(last + ELLIPSIS) > width:
        last = last[:-1]
    return [*found[: lines - 1], last.rstrip(" ,·") + ELLIPSIS]


def _pieces(word: str, letters: Font, width: int) -> Iterator[str]:
    while letters.getlength(word) > width:
        end = next(n for n in range(len(word), 0, -1) if letters.getlength(word[:n]) <= width)
        yield word[:end]
        word = word[end:]
    yield word
