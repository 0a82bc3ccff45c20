"""Telegram's first Markdown: no nesting, `*bold* _italic_ `code` ```pre``` [link](url)`."""

from __future__ import annotations

import re

from sandbox.text.formatted import Entity, EntityError, FormattedText, TextBuilder, byte_offset, in_order
from sandbox.text.targets import link

_SPECIAL = re.compile(r"\\(?=[_*`\[])|[_*`\[]")
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")
_TYPES = {"_": "italic", "*": "bold", "`": "code", "[": "text_link"}


def parse_markdown(source: str) -> FormattedText:
    """Plain text and entities of legacy Markdown. Raises EntityError with Telegram's reason."""
    plain, entities, position = TextBuilder(), list[Entity](), 0
    while match := _SPECIAL.search(source, position):
        plain.add(source[position : match.start()])
        if match.group() == "\\":
            plain.add(source[match.end()])
            position = match.end() + 1
        else:
            position = _read_entity(source, match.start(), plain, entities)
    plain.add(source[position:])
    return FormattedText(plain.text(), in_order(entities))


def _read_entity(source: str, begin: int, plain: TextBuilder, entities: list[Entity]) -> int:
    opening = source[begin]
    closing = {"[": "]"}.get(opening, opening)
    entity: Entity = {"offset": plain.length, "length": 0, "type": _TYPES[opening]}
    position = begin + 1
    if source.startswith("```", begin):
        closing, entity["type"] = "```", "pre"
        position = begin + 3
        if language := _LANGUAGE.match(source, position):
            entity["language"] = language.group(1)
            position = language.end()
        position += source.startswith("\n", position)
    end = source.find(closing, position)
    if end < 0:
        place = byte_offset(source, begin)
        raise EntityError(f"Can't find end of the entity starting at byte offset {place}")
    content = source[position:end]
    plain.add(content)
    position = end + len(closing)
    if opening == "[":
        position, target = _read_target(source, position, content)
        link(entity, target)
    entity["length"] = plain.length - entity["offset"]
    if entity["length"] and entity["type"]:
        entities.append(entity)
    return position


def _read_target(source: str, position: int, content: str) -> tuple[int, str]:
    if not source.startswith("(", position):
        return position, content
    end = source.find(")", position)
    # Telegram takes an address that is never closed up to the end of the text.
    return (end + 1, source[position + 1 : end]) if end >= 0 else (len(source), source[position + 1 :])
