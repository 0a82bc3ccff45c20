"""Messages that fit: Telegram HTML cut into well-formed pieces."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape
from itertools import accumulate
from typing import Final

from sessions_app.rendering.characters import clean, escape

MESSAGE_UNITS: Final = 4096

_ALLOWED_TAGS: Final = frozenset(
    {
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "code",
        "pre",
        "a",
        "blockquote",
        "tg-spoiler",
    }
)
_TAG_OR_ENTITY: Final = re.compile(
    r"<(/?)([a-z][a-z-]{0,15})((?:\s[^<>]{0,2100})?)>|&(?:[a-z]{1,8}|#\d{1,7}|#x[0-9a-f]{1,6});"
)
SENTENCE_END: Final = re.compile(r"[.!?…]+[»”\"')\]]{0,3}(?=\s)")

_MARKUP: Final = re.compile(r"[<>&]")
_DEEPEST: Final = 8

_Tag = tuple[str, str]
_Run = tuple[str, tuple[_Tag, ...]]


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str) -> str:
    """What a person would see of this Telegram HTML, without any markup."""
    if "<" not in text and "&" not in text:
        return text
    return "".join(shown for shown, _ in _runs(text))


def split_message(text: str, limit: int = MESSAGE_UNITS) -> list[str]:
    """Telegram HTML in well-formed pieces of at most `limit` UTF-16 units each, counted without the markup.

    Cut between paragraphs where possible, else lines, sentences, words. Nothing but white space at a cut is
    lost; a text with nothing to see gives no piece. `limit` is at least 2, or an emoji would never fit.
    """
    text = clean(text)
    if not _MARKUP.search(text) and units(text) <= limit:
        return [text.strip()] if text.strip() else []
    runs = list(_runs(text))
    starts = list(accumulate((len(shown) for shown, _ in runs), initial=0))
    whole = "".join(shown for shown, _ in runs)
    return [_html(runs, starts, start, end) for start, end in _cuts(whole, max(limit, 2))]


def _runs(text: str) -> Iterator[_Run]:
    """Visible stretches with their tags; a tag that is not Telegram's is text, a stray end is dropped."""
    stack: list[_Tag] = []
    position = 0
    for found in _TAG_OR_ENTITY.finditer(text):
        if found[2] is not None and found[2] not in _ALLOWED_TAGS:
            continue
        if found.start() > position:
            yield text[position : found.start()], tuple(stack)
        position = found.end()
        if found[2] is None:
            yield clean(unescape(found[0])), tuple(stack)
        elif not found[1]:
            # Nothing that we make nests deeper; a tower of tags would be carried along with every run.
            if len(stack) < _DEEPEST:
                stack.append((found[2], found[3]))
        elif any(name == found[2] for name, _ in stack):
            while stack.pop()[0] != found[2]:
                pass
    if position < len(text):
        yield text[position:], tuple(stack)


def _html(runs: list[_Run], starts: list[int], start: int, end: int) -> str:
    shown: list[str] = []
    opened: tuple[_Tag, ...] = ()
    for index in range(bisect_right(starts, start) - 1, len(runs)):
        if starts[index] >= end:
            break
        text, tags = runs[index]
        part = text[max(start - starts[index], 0) : end - starts[index]]
        if not part:
            continue
        same = 0
        while same < min(len(opened), len(tags)) and opened[same] == tags[same]:
            same += 1
        shown.extend(f"</{name}>" for name, _ in reversed(opened[same:]))
        shown.extend(f"<{name}{rest}>" for name, rest in tags[same:])
        shown.append(escape(part))
        opened = tags
    shown.extend(f"</{name}>" for name, _ in reversed(opened))
    return "".join(shown)


def _cuts(whole: str, limit: int) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(whole):
        if whole[position].isspace():
            position += 1
            continue
        end = _reach(whole, position, limit)
        if end < len(whole):
            end = position + _kindest_cut(whole[position : end + 1])
        yield position, position + len(whole[position:end].rstrip())
        position = end


def _reach(whole: str, start: int, limit: int) -> int:
    chunk = whole[start : start + limit]
    if chunk.isascii() or max(chunk) <= "\uffff":
        return start + len(chunk)
    used = 0
    for index, char in enumerate(chunk):
        used += 2 if char > "\uffff" else 1
        if used > limit:
            return start + index
    return start + len(chunk)


def _kindest_cut(window: str) -> int:
    """Where to cut, at least 1; the last character of `window` is the first that no longer fits."""
    room = len(window) - 1
    for mark, least in (("\n\n", room // 2), ("\n", room // 2)):
        at = window.rfind(mark, least)
        if at > 0:
            return at
    at = max((found.end() for found in SENTENCE_END.finditer(window, room // 2)), default=0)
    if not 0 < at <= room:
        at = window.rfind(" ", room // 2)
    if not 0 < at <= room:
        at = room
        # An accent or the tail of a joined emoji belongs to what stands before it.
        while at > room - 16 and at > 1 and _joins(window, at):
            at -= 1
        at = at if at > max(room - 16, 1) else room
    return max(at, 1)


def _joins(window: str, at: int) -> bool:
    return window[at] in _JOINING or "\U0001f3fb" <= window[at] <= "\U0001f3ff" or window[at - 1] == "\u200d"


_JOINING: Final = frozenset("\u200d\ufe0e\ufe0f\u20e3" + "".join(map(chr, range(0x300, 0x370))))
