"""What people and models wrote, without what would scramble a page, a prompt or a row. Pure."""

from __future__ import annotations

import re
from typing import Final

# Controls, lone surrogates, what turns text around (U+061C, U+200E/F, U+202A–E, U+2066–9), what is not seen at all, and
# tags that only machines read. Joiners stay: emoji and some scripts need them.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\uffff\U000e0000-\U000e007f]"
)
_LINE_BREAKS: Final = re.compile("\r\n?|[\u2028\u2029]")
_EMPTY_LINES: Final = re.compile(r"\n[^\S\n]*\n(?:[^\S\n]*\n)+")
_TAG: Final = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
# Where a tag stood before a comma.
_LOOSE: Final = re.compile(r" +([,.;:!?])")
_ANGLES: Final = re.compile(r"[<>⟦⟧]")
# A letter with three marks above it is Vietnamese; with thirty it climbs over the lines of the page.
_TOWER: Final = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def plain_text(text: str, most: int) -> str:
    """The text with its lines, without characters that are not seen; at most `most` characters."""
    seen = _TOWER.sub(r"\1", _UNSEEN.sub("", _LINE_BREAKS.sub("\n", text)))
    return _shortened(_EMPTY_LINES.sub("\n\n", seen).strip(), most)


def plain_line(text: str, most: int) -> str:
    """The same on one line."""
    # Nobody's line is so long that more of it could matter.
    return _shortened(" ".join(plain_text(text[: 20 * most], 20 * most).split()), most)


def unmarked_line(text: str, most: int) -> str:
    """The same without markup: tags go, and so does every bracket that could be part of one."""
    bare, tags = _TAG.subn(" ", text[: 20 * most])
    if tags:
        bare = _LOOSE.sub(r"\1", bare)
    return plain_line(_ANGLES.sub(" ", bare), most)


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(each.isalnum() for each in text)


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = text[: most - 1]
    if text[most - 1].isspace():
        return head.rstrip() + "…"
    # At the end of a word, unless that is far away.
    cut = max(head.rfind(" "), head.rfind("\n"))
    return (head[:cut] if cut > most * 2 // 3 else head).rstrip() + "…"
