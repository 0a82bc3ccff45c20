"""Entities that Telegram finds by itself: commands, mentions, hashtags, addresses."""

from __future__ import annotations

import re

from sandbox.text.formatted import Entity, FormattedText, in_order, utf16_length

_HINT = re.compile(r"[/@#.$]")
_FOUND = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}»])"
    r"|(?P<email>\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"
    r"|(?P<bot_command>(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<![\w@])@[A-Za-z][A-Za-z0-9_]{2,31}\b)"
    r"|(?P<hashtag>(?<![\w#])#(?!\d+\b)\w{1,256})"
    r"|(?P<cashtag>(?<![\w$])\$[A-Z]{3,8}\b)"
    r"|(?P<domain>\b(?:[A-Za-z0-9-]+\.)+(?:com|org|net|ru|io|me|dev|app|info|рф)\b(?:/[^\s<>\"']*[^\s<>\"'.,;:!?)])?)"
)
# Nothing is looked for inside these.
_OPAQUE = {"code", "pre", "text_link", "text_mention", "custom_emoji"}


def detected(formatted: FormattedText) -> FormattedText:
    """The same text with the entities added that Telegram would find in it."""
    text = formatted.text
    if not _HINT.search(text):
        return formatted
    closed = [(e["offset"], e["offset"] + e["length"]) for e in formatted.entities if e["type"] in _OPAQUE]
    found: list[Entity] = []
    for match in _FOUND.finditer(text):
        offset = utf16_length(text[: match.start()])
        length = utf16_length(match.group())
        if not any(first < offset + length and offset < last for first, last in closed):
            kind = "url" if match.lastgroup == "domain" else match.lastgroup
            found.append({"offset": offset, "length": length, "type": kind})
    return FormattedText(text, in_order([*formatted.entities, *found])) if found else formatted
