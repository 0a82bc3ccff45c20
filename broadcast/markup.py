"""Telegram HTML as staff write it: what a person will see of it, and what Telegram would not understand. Pure.

The rules are the Bot API's ("HTML style" and "Formatting options" of its page), a little stricter where Telegram
keeps silent and shows something else than was meant: a link that leads nowhere, a quote inside a quote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from sessions_app.rendering import units

# What looks like a tag; an angle bracket inside a value is written &lt; or &gt;.
TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
# References are read as Telegram reads them, with or without the semicolon.
REFERENCE: Final = re.compile(r"&(?:#x([0-9A-Fa-f]{1,8})|#([0-9]{1,10})|(lt|gt|amp|quot)(?![A-Za-z]));?")

# fmt: off
TAGS: Final = frozenset({
    "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler", "span",
    "tg-emoji",
})
# fmt: on
# What each tag may carry; the others carry nothing.
_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "a": frozenset({"href"}),
    "code": frozenset({"class"}),
    "blockquote": frozenset({"expandable"}),
    "span": frozenset({"class"}),
    "tg-emoji": frozenset({"emoji-id"}),
}
_NEEDED: Final = {"a": "href", "span": "class", "tg-emoji": "emoji-id"}
_NEVER_IN_ITSELF: Final = frozenset({"a", "blockquote", "tg-emoji"})
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_TOKEN: Final = re.compile(rf"{TAG.pattern}|<|{REFERENCE.pattern}|&#?[A-Za-z0-9]{{1,32}};")
_NAME: Final = re.compile(r"</?([A-Za-z][^\s<>/=\"']*)")
_ATTRIBUTE: Final = re.compile(
    r"\s+([^\s=<>/\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.-]+)(?=\s|>)))?"
)
_TAG_END: Final = re.compile(r"\s*>")
_LANGUAGE: Final = re.compile(r"language-\S{1,60}")
_EMOJI_ID: Final = re.compile(r"[0-9]{1,20}")
_LONGEST_FRAGMENT: Final = 40
# More than anybody reads; the rest follows from the first ones anyway.
_MOST_PROBLEMS: Final = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Telegram would not understand.

    `code` is unclosed_tag, unknown_tag, wrong_closing, stray_closing, broken_tag, nested_tag, attribute_unknown,
    attribute_missing, attribute_unfit, link_unfit, bare_angle or unknown_entity. `position` counts characters from
    the beginning of the text, from 0; `fragment` stands there. `name` is the tag or attribute in question and
    `expected` what should be there.
    """

    code: str
    position: int
    fragment: str
    name: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Markup:
    """What Telegram makes of a text: `units` are UTF-16 code units of `plain`, in which its limits are counted."""

    plain: str
    units: int
    entities: int
    problems: tuple[Problem, ...]


def check_markup(html: str) -> Markup:
    """Read the text as Telegram does; every problem is told, not the first one only (up to twenty).

    What is broken is shown as it was written. The time is proportional to the length.
    """
    return _Reader(html).read()


def is_link(url: str) -> bool:
    """Whether Telegram opens this address: http or https with a host, or one of its own (tg:…)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    if any(char.isspace() or char < " " for char in url):
        return False
    if parts.scheme == "tg":
        return bool(parts.netloc or parts.path)
    if parts.scheme not in {"http", "https"} or not host:
        return False
    # An address without a dot is somebody's own machine, or half an address; [::1] has none.
    return ("." in host.strip(".") and ".." not in host) or ":" in host


def referenced(reference: re.Match[str]) -> str:
    """The character that a reference stands for; nothing where there is no such character."""
    hexadecimal, decimal, name = reference.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


@dataclass(slots=True)
class _Open:
    name: str
    position: int
    fragment: str
    # How much was visible before it.
    shown: int
    attributes: Mapping[str, str] = field(default_factory=dict)


class _Reader:
    def __init__(self, html: str) -> None:
        self.html = html
        self.pieces: list[str] = []
        self.shown = 0
        self.entities = 0
        self.open: list[_Open] = []
        self.problems: list[Problem] = []
        # Tags we have complained about: their ends are no news.
        self.unknown: set[str] = set()
        # Tags that another's end has closed: their own ends may still come.
        self.forgiven: Counter[str] = Counter()
        # How many of each are open, so that a tower of tags costs no more than its length.
        self.inside: Counter[str] = Counter()

    def read(self) -> Markup:
        position = 0
        for token in _TOKEN.finditer(self.html):
            self._show(self.html[position : token.start()])
            position = token.end()
            text = token[0]
            if text.startswith("&"):
                self._reference(token.start(), text)
            elif len(text) == 1:
                self._problem("bare_angle", token.start(), _line(self.html[token.start() :][:12]))
                self._show(text)
            elif text.startswith("</"):
                self._end(token.start(), text)
            else:
                self._start(token.start(), text)
        self._show(self.html[position:])
        # However much else there was to tell: these may stand before all of it.
        for tag in self.open[:_MOST_PROBLEMS]:
            fragment = _short(tag.fragment)
            self.problems.append(Problem("unclosed_tag", tag.position, fragment, tag.name, f"</{tag.name}>"))
        plain = "".join(self.pieces)
        found = sorted(self.problems, key=lambda problem: problem.position)[:_MOST_PROBLEMS]
        return Markup(plain, units(plain), self.entities, tuple(found))

    def _show(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.shown += len(text)

    def _problem(self, code: str, position: int, fragment: str, name: str = "", expected: str = "") -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(code, position, _short(fragment), name, expected))

    def _reference(self, position: int, text: str) -> None:
        found = REFERENCE.fullmatch(text)
        character = referenced(found) if found else ""
        if not character:
            self._problem("unknown_entity", position, text, text)
        self._show(character or text)

    def _start(self, position: int, text: str) -> None:
        named = _NAME.match(text)
        name = named[1].lower() if named else ""
        if not named or name not in TAGS:
            self.unknown.add(name)
            self._problem("unknown_tag", position, text, name)
            self._show(text)
            return
        attributes = _attributes(text, named.end())
        if attributes is None:
            attributes = {}
            self._problem("broken_tag", position, text, name)
        else:
            self._check_attributes(position, text, name, attributes)
        if outer := self._not_inside(name):
            self._problem("nested_tag", position, text, name, outer)
        self.open.append(_Open(name, position, text, self.shown, attributes))
        self.inside[name] += 1

    def _check_attributes(self, position: int, text: str, name: str, attributes: Mapping[str, str]) -> None:
        allowed = _ATTRIBUTES.get(name, frozenset())
        for attribute in attributes:
            if attribute not in allowed:
                self._problem("attribute_unknown", position, text, attribute, f"<{name}>")
        needed = _NEEDED.get(name)
        if needed and needed not in attributes:
            self._problem("attribute_missing", position, text, name, needed)
        for attribute in allowed & set(attributes):
            self._check_value(position, text, name, attribute, attributes[attribute])

    def _check_value(self, position: int, text: str, name: str, attribute: str, value: str) -> None:
        match name:
            case "a" if not is_link(REFERENCE.sub(referenced, value).strip()):
                self._problem("link_unfit", position, text, value)
            case "span" if value != "tg-spoiler":
                self._problem("attribute_unfit", position, text, attribute, "tg-spoiler")
            case "tg-emoji" if not _EMOJI_ID.fullmatch(value):
                self._problem("attribute_unfit", position, text, attribute, "5368324170671202286")
            case "code" if not _LANGUAGE.fullmatch(value):
                self._problem("attribute_unfit", position, text, attribute, "language-…")
            case "code" if not (self.open and self.open[-1].name == "pre"):
                self._problem("attribute_unknown", position, text, attribute, "<code>")
            case "blockquote" if value:
                self._problem("attribute_unfit", position, text, attribute, "expandable")
            case _:
                pass

    def _not_inside(self, name: str) -> str:
        """The tag around this one that may not hold it; empty when there is none."""
        if self.inside["code"]:
            return "code"
        if self.inside["pre"] and name != "code":
            return "pre"
        return name if self.inside[name] and name in _NEVER_IN_ITSELF else ""

    def _end(self, position: int, text: str) -> None:
        named = _NAME.match(text)
        name = named[1].lower() if named else ""
        if name not in TAGS:
            if name not in self.unknown:
                self._problem("unknown_tag", position, text, name)
            self._show(text)
            return
        if not (named and _TAG_END.fullmatch(text, named.end())):
            self._problem("broken_tag", position, text, name)
        if not self.inside[name]:
            if self.forgiven[name]:
                self.forgiven[name] -= 1
            else:
                self._problem("stray_closing", position, text, name)
            return
        if self.open[-1].name != name:
            self._problem("wrong_closing", position, text, name, f"</{self.open[-1].name}>")
        while (closed := self._closed()) != name:
            self.forgiven[closed] += 1

    def _closed(self) -> str:
        """Close the tag that was opened last, and name it."""
        tag = self.open.pop()
        self.inside[tag.name] -= 1
        self._count(tag)
        return tag.name

    def _count(self, tag: _Open) -> None:
        # A language on <code> makes one entity of it and the <pre> around it.
        is_part = tag.name == "code" and "class" in tag.attributes
        if self.shown > tag.shown and not is_part:
            self.entities += 1


def _attributes(tag: str, position: int) -> dict[str, str] | None:
    """What the tag carries behind its name; None where that cannot be read."""
    attributes: dict[str, str] = {}
    while found := _ATTRIBUTE.match(tag, position):
        attributes.setdefault(found[1].lower(), next((each for each in found.groups()[1:] if each), ""))
        position = found.end()
    return attributes if _TAG_END.fullmatch(tag, position) else None


def _line(text: str) -> str:
    return text.partition("\n")[0]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_FRAGMENT else text[: _LONGEST_FRAGMENT - 1] + "…"
