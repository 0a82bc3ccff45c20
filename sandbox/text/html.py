"""Telegram's HTML: few tags, strict nesting, errors with byte offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.text.formatted import Entity, EntityError, FormattedText, TextBuilder, byte_offset, in_order
from sandbox.text.targets import custom_emoji_id, link

_TYPES = {
    "a": "text_link",
    "b": "bold",
    "blockquote": "blockquote",
    "code": "code",
    "del": "strikethrough",
    "em": "italic",
    "i": "italic",
    "ins": "underline",
    "pre": "pre",
    "s": "strikethrough",
    "span": "spoiler",
    "strike": "strikethrough",
    "strong": "bold",
    "tg-emoji": "custom_emoji",
    "tg-spoiler": "spoiler",
    "u": "underline",
}
_SPACE = " \t\r\n\v\0"
_SPECIAL = re.compile(r"[<&]")
_TAG_NAME = re.compile(rf"[^{_SPACE}>]*")
_SPACES = re.compile(rf"[{_SPACE}]*")
_ATTRIBUTE_NAME = re.compile(rf"[^{_SPACE}=>/\"']*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,8})|#([0-9]{1,10})|(lt|gt|amp|quot)(?![A-Za-z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


@dataclass(slots=True)
class _OpenTag:
    name: str
    offset: int
    parts: int
    attributes: dict[str, str] = field(default_factory=dict)


def parse_html(source: str) -> FormattedText:
    """Plain text and entities of HTML markup. Raises EntityError with Telegram's reason."""
    return _HtmlReader(source).read()


class _HtmlReader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.plain = TextBuilder()
        self.open: list[_OpenTag] = []
        self.entities: list[Entity] = []

    def read(self) -> FormattedText:
        while match := _SPECIAL.search(self.source, self.position):
            self.plain.add(self.source[self.position : match.start()])
            self.position = match.start()
            if match.group() == "&":
                self._read_reference()
            elif self.source.startswith("/", self.position + 1):
                self._read_end_tag()
            else:
                self._read_start_tag()
        self.plain.add(self.source[self.position :])
        if self.open:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        # Inner entities were closed first; of two alike, the outer one leads.
        return FormattedText(self.plain.text(), in_order(self.entities[::-1]))

    def _read_reference(self) -> None:
        match = _REFERENCE.match(self.source, self.position)
        character = _referenced(match) if match else None
        if match and character:
            self.plain.add(character)
            self.position = match.end()
        else:
            self.plain.add("&")
            self.position += 1

    def _read_start_tag(self) -> None:
        begin = self.position
        name = self._take(_TAG_NAME, begin + 1).lower()
        if name not in _TYPES:
            raise self._error(f'Unsupported start tag "{name}"', begin)
        tag = _OpenTag(name, self.plain.length, len(self.plain.parts))
        while True:
            self._take(_SPACES, self.position)
            if self.source.startswith(">", self.position):
                break
            if self.position >= len(self.source):
                raise self._error(f'Unclosed start tag "{name}"', begin)
            self._read_attribute(tag, begin)
        self.position += 1
        if name == "span" and tag.attributes.get("class") != "tg-spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(tag)

    def _read_attribute(self, tag: _OpenTag, begin: int) -> None:
        name = self._take(_ATTRIBUTE_NAME, self.position)
        if not name:
            raise self._error(f'Empty attribute name in the tag "{tag.name}"', begin)
        self._take(_SPACES, self.position)
        if not self.source.startswith("=", self.position):
            tag.attributes.setdefault(name, "")
            return
        self._take(_SPACES, self.position + 1)
        tag.attributes[name] = self._read_value()
        if self.position >= len(self.source):
            raise self._error(f'Unclosed start tag "{tag.name}"', begin)

    def _read_value(self) -> str:
        begin = self.position
        quote = self.source[begin : begin + 1]
        if quote not in {'"', "'"}:
            value = self._take(_NAME_TOKEN, begin).lower()
            following = self.source[self.position : self.position + 1]
            if following and following not in f"{_SPACE}>":
                raise self._error("Unexpected end of name token", begin)
            return value
        end = self.source.find(quote, begin + 1)
        if end < 0:
            self.position = len(self.source)
            return ""
        self.position = end + 1
        return _REFERENCE.sub(lambda match: _referenced(match) or match.group(), self.source[begin + 1 : end])

    def _read_end_tag(self) -> None:
        begin = self.position
        if not self.open:
            raise self._error("Unexpected end tag", begin)
        name = self._take(_TAG_NAME, begin + 2).lower()
        self._take(_SPACES, self.position)
        if not self.source.startswith(">", self.position):
            raise self._error("Unclosed end tag", begin)
        self.position += 1
        tag = self.open.pop()
        if name and name != tag.name:
            place = byte_offset(self.source, begin)
            raise EntityError(
                f'Unmatched end tag at byte offset {place}, expected "</{tag.name}>", found "</{name}>"'
            )
        if self.plain.length > tag.offset:
            self._close(tag)

    def _close(self, tag: _OpenTag) -> None:
        entity: Entity = {
            "offset": tag.offset,
            "length": self.plain.length - tag.offset,
            "type": _TYPES[tag.name],
        }
        if tag.name == "a":
            link(entity, tag.attributes.get("href") or self.plain.text(tag.parts))
        elif tag.name == "tg-emoji":
            entity["custom_emoji_id"] = custom_emoji_id(tag.attributes.get("emoji-id", ""))
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        elif tag.name in {"pre", "code"} and self._join_code(tag, entity):
            return
        if entity["type"]:
            self.entities.append(entity)

    def _join_code(self, tag: _OpenTag, entity: Entity) -> bool:
        """`<pre><code class="language-x">` is one entity with a language; in either nesting."""
        language = tag.attributes.get("class", "") if tag.name == "code" else ""
        if language.startswith("language-"):
            entity["language"] = language.removeprefix("language-")
        inner = self.entities[-1] if self.entities else None
        if inner and {inner["type"], entity["type"]} == {"pre", "code"}:
            spoken = inner.get("language") or entity.get("language")
            if spoken and (inner["offset"], inner["length"]) == (entity["offset"], entity["length"]):
                self.entities[-1] = {**entity, "type": "pre", "language": spoken}
                return True
        return False

    def _take(self, pattern: re.Pattern[str], position: int) -> str:
        match = pattern.match(self.source, position)
        self.position = match.end() if match else position
        return match.group() if match else ""

    def _error(self, reason: str, position: int) -> EntityError:
        return EntityError(f"{reason} at byte offset {byte_offset(self.source, position)}")


def _referenced(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return str(_NAMED[name])
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None
