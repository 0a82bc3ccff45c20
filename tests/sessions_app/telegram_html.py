"""A strict judge of Telegram HTML, written from the Bot API's description of the style and not from our code."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"<(/?)([a-z-]+)((?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\s*>|&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);|([<>&])"
)
_ATTRIBUTES = {
    "a": re.compile(r' href="(?:https?|tg)://[^"<>\s]+"'),
    "code": re.compile(r'(?: class="language-[^"]+")?'),
}
_TAGS = {
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
_CHARACTERS = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}


class NotTelegramHtml(AssertionError):
    """What Telegram would refuse, or show other than it was meant."""


def seen(html: str) -> str:
    """What a person would see. Raises NotTelegramHtml for anything but well-formed Telegram HTML."""
    html.encode("utf-8")
    if "\x00" in html:
        raise NotTelegramHtml("NUL")
    opened: list[str] = []
    shown: list[str] = []
    position = 0
    for found in _TOKEN.finditer(html):
        shown.append(html[position : found.start()])
        position = found.end()
        if found[4]:
            raise NotTelegramHtml(f"a bare {found[4]} at {found.start()}")
        if found[2] is None:
            shown.append(_CHARACTERS[found[0]])
        elif found[1]:
            if not opened or opened.pop() != found[2]:
                raise NotTelegramHtml(f"</{found[2]}> closes what is not open")
        else:
            _check_start(found[2], found[3], opened)
            opened.append(found[2])
    if opened:
        raise NotTelegramHtml(f"left open: {opened}")
    shown.append(html[position:])
    return "".join(shown)


def _check_start(name: str, attributes: str, opened: list[str]) -> None:
    if name not in _TAGS:
        raise NotTelegramHtml(f"no such tag: {name}")
    pattern = _ATTRIBUTES.get(name)
    if not (pattern.fullmatch(attributes) if pattern else not attributes):
        raise NotTelegramHtml(f"attributes of {name}: {attributes}")
    if name in opened:
        raise NotTelegramHtml(f"{name} inside {name}")
    if opened and opened[-1] in {"code", "pre"}:
        raise NotTelegramHtml(f"{name} inside {opened[-1]}")


def utf16_units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2
