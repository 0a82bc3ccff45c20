"""Telegram's MarkdownV2: nesting, reserved characters, quotes by lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.text.formatted import Entity, EntityError, FormattedText, TextBuilder, byte_offset, in_order
from sandbox.text.targets import custom_emoji_id, link

_SPECIAL = re.compile(r"\\(?=[\x01-\x7e])|[_*\[\]()~`>#+\-=|{}.!\n]")
_IN_CODE = re.compile(r"\\(?=[\x01-\x7e])|`")
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")
_EMOJI_LINK = re.compile(r"tg:(?://)?emoji\?id=(.*)$")
_UNESCAPE = re.compile(r"\\([\x01-\x7e])")
_URL_END = re.compile(r"(?:\\[\x01-\x7e]|[^)])*")

# What Telegram calls an entity in its errors.
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
# Longer marks first: `__` is underline, `_` italic.
_OPENING = (
    ("```", "pre"),
    ("`", "code"),
    ("__", "underline"),
    ("_", "italic"),
    ("*", "bold"),
    ("~", "strikethrough"),
    ("||", "spoiler"),
    ("![", "custom_emoji"),
    ("[", "text_link"),
)
_CLOSING = {kind: mark for mark, kind in _OPENING} | {"text_link": "]", "custom_emoji": "]"}


@dataclass(slots=True)
class _Open:
    kind: str
    begin: int
    offset: int
    parts: int
    language: str = ""


def parse_markdown_v2(source: str) -> FormattedText:
    """Plain text and entities of MarkdownV2. Raises EntityError with Telegram's reason."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.plain = TextBuilder()
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def read(self) -> FormattedText:
        while match := self._pattern().search(self.source, self.position):
            self.plain.add(self.source[self.position : match.start()])
            self.position = match.start()
            if match.group() == "\\":
                self.plain.add(self.source[self.position + 1])
                self.position += 2
            elif not (self._closes_quote() or self._closes()):
                self._open_at(match.group())
        self.plain.add(self.source[self.position :])
        if self.open and self.open[-1].kind == "blockquote":
            self._finish(self.open.pop())
        if self.open:
            last = self.open[-1]
            place = byte_offset(self.source, last.begin)
            name = "PreCode" if last.language else _NAMES[last.kind]
            raise EntityError(f"Can't find end of {name} entity at byte offset {place}")
        # Inner entities were closed first; of two alike, the outer one leads.
        return FormattedText(self.plain.text(), in_order(self.entities[::-1]))

    def _pattern(self) -> re.Pattern[str]:
        return _IN_CODE if self.open and self.open[-1].kind in {"code", "pre"} else _SPECIAL

    def _closes_quote(self) -> bool:
        """A quote ends with the last of its lines; `||` at its end makes it one that folds."""
        quote = self.open[-1] if self.open else None
        if quote is None or quote.kind != "blockquote":
            return False
        rest = self.source[self.position : self.position + 3]
        folds = rest in {"||", "||\n"}
        if not folds and not (rest.startswith("\n") and not rest.startswith("\n>")):
            return False
        if folds:
            self.position += 2
        self._finish(self.open.pop(), "expandable_blockquote" if folds else "blockquote")
        return True

    def _closes(self) -> bool:
        current = self.open[-1] if self.open else None
        if current is None or current.kind == "blockquote":
            return False
        mark = _CLOSING[current.kind]
        if not self.source.startswith(mark, self.position):
            return False
        if current.kind == "italic" and self.source.startswith("__", self.position):
            return False
        self.position += len(mark)
        self._finish(self.open.pop())
        return True

    def _open_at(self, character: str) -> None:
        if character == "\n":
            self._break_line()
            return
        if character == ">" and self._at_line_start():
            self.open.append(_Open("blockquote", self.position, self.plain.length, len(self.plain.parts)))
            self.position += 1
            return
        for mark, kind in _OPENING:
            if self.source.startswith(mark, self.position):
                opened = _Open(kind, self.position, self.plain.length, len(self.plain.parts))
                self.position += len(mark)
                if kind == "pre":
                    self._read_language(opened)
                self.open.append(opened)
                return
        reason = f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
        raise EntityError(reason)

    def _break_line(self) -> None:
        self.plain.add("\n")
        self.position += 1
        if self.open and self.open[-1].kind == "blockquote":
            self.position += self.source.startswith(">", self.position)

    def _at_line_start(self) -> bool:
        return not self.open and (self.position == 0 or self.source[self.position - 1] == "\n")

    def _read_language(self, opened: _Open) -> None:
        if language := _LANGUAGE.match(self.source, self.position):
            opened.language = language.group(1)
            self.position = language.end()
        self.position += self.source.startswith("\n", self.position)

    def _finish(self, done: _Open, kind: str = "") -> None:
        entity: Entity = {
            "offset": done.offset,
            "length": self.plain.length - done.offset,
            "type": kind or done.kind,
        }
        if done.language:
            entity["language"] = done.language
        if done.kind == "text_link":
            link(entity, self._read_target() or self.plain.text(done.parts))
        elif done.kind == "custom_emoji":
            target = _EMOJI_LINK.match(self._read_target() or "")
            if target is None:
                raise EntityError("Custom emoji entity must contain a tg://emoji URL")
            entity["custom_emoji_id"] = custom_emoji_id(target.group(1))
        if entity["length"] and entity["type"]:
            self.entities.append(entity)

    def _read_target(self) -> str | None:
        if not self.source.startswith("(", self.position):
            return None
        begin = self.position + 1
        match = _URL_END.match(self.source, begin)
        end = match.end() if match else begin
        if not self.source.startswith(")", end):
            place = byte_offset(self.source, begin)
            raise EntityError(f"Can't find end of a URL at byte offset {place}")
        self.position = end + 1
        return _UNESCAPE.sub(r"\1", self.source[begin:end])
