"""Text with its entities, measured as Telegram measures it: in UTF-16 code units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of every limit and offset in the Bot API."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for character in text if character > "\uffff")


@dataclass(slots=True)
class FormattedText:
    """Plain text and what is bold, linked or quoted in it; offsets and lengths in UTF-16 units."""

    text: str
    entities: list[Entity] = field(default_factory=list)


class EntityError(ValueError):
    """Markup that Telegram refuses; the message is what follows "can't parse entities: "."""


class TextBuilder:
    """Collects the plain text while markup is read, and knows its length in UTF-16 units."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def add(self, piece: str) -> None:
        """Append a piece of plain text."""
        if piece:
            self.parts.append(piece)
            self.length += utf16_length(piece)

    def text(self, since: int = 0) -> str:
        """The plain text from the given number of parts on."""
        return "".join(self.parts[since:])


def byte_offset(source: str, position: int) -> int:
    """Where a character stands in UTF-8 bytes: the unit of Telegram's markup errors."""
    return len(source[:position].encode("utf-8", "surrogatepass"))


def trimmed(formatted: FormattedText) -> FormattedText:
    """The same text without white space around it; entities are moved, cut or dropped to fit."""
    body = formatted.text.rstrip()
    start = len(body) - len(body.lstrip())
    if start == 0 and len(body) == len(formatted.text):
        return formatted
    shift = utf16_length(body[:start])
    body = body[start:]
    end = utf16_length(body)
    kept = []
    for entity in formatted.entities:
        first = max(entity["offset"] - shift, 0)
        last = min(entity["offset"] + entity["length"] - shift, end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return FormattedText(body, kept)


def in_order(entities: list[Entity]) -> list[Entity]:
    """Entities as Telegram returns them: by offset, the longer one first."""
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
