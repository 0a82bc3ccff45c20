"""Variables in what a broadcast says: `{name}`, `{name|friend}`; `{{` and `}}` are braces. Pure.

A text is read once and filled for everybody. Values are other people's words: they are escaped and never read as
markup or as variables. Formatting that begins or ends inside the braces, as happens when a text is written in
Telegram itself, is kept around the value in its order, so the HTML stays valid. Inside a tag nothing is filled.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from broadcast.markup import REFERENCE, TAG, check_markup, referenced
from journey.wording import LONGEST_NAME
from profiles.plain import plain_line
from sessions_app.rendering import clean, escape, units

# The most UTF-16 units that each may take; a longer value is cut.
VARIABLES: Final[Mapping[str, int]] = MappingProxyType(
    {
        # The first name; Telegram allows no longer one.
        "name": 64,
        # The name of the stage the person is on.
        "stage": LONGEST_NAME,
        # The title of the stream that interests them.
        "stream": 60,
        # The persona's name.
        "bot": 100,
        # Whole days since they came.
        "days": 6,
    }
)
FALLBACK_LANGUAGE: Final = "en"

_DEFAULTS: Final = Path(__file__).with_name("texts") / "variables.toml"
_TOKEN: Final = re.compile(rf"{TAG.pattern}|\{{\{{|\}}\}}|[{{}}]")
_INSIDE: Final = re.compile(rf"{TAG.pattern}|[{{}}\n]")
_IN_TAG: Final = re.compile(r"\{\s*\w")
_NAME: Final = re.compile(r"[^\W\d]\w{0,39}")
_AMPERSAND: Final = re.compile(rf"{REFERENCE.pattern}|&")
# A value of these needs neither cleaning nor escaping: most names are such, and a million of them are filled in.
_LETTERS: Final = "!#-%'-;=?-~\u00a1-\u00ac\u00ae-\u02ff\u0400-\u0482\u048a-\u052f"
_EASY: Final = re.compile(f"[{_LETTERS}]+(?: [{_LETTERS}]+)*").fullmatch


@dataclass(frozen=True, slots=True)
class Fault:
    """Braces that mean nothing: brace_unclosed, brace_stray, variable_unnamed, variable_in_tag; shown as written."""

    code: str
    position: int
    fragment: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable in a text. `fallback` is the author's HTML; None where they wrote none."""

    name: str
    fallback: str | None
    position: int


class Template:
    """A text that was read once; `slots` are its variables in order, `faults` what was wrong with its braces."""

    __slots__ = ("_head", "_holes", "faults", "slots")

    def __init__(self, text: str) -> None:
        reading = _Reading(text)
        self.slots = tuple(reading.slots)
        self.faults = tuple(reading.faults)
        self._head = reading.literals[0]
        self._holes = tuple(
            # The name, the most it may take, what stands for it, what follows.
            (slot.name, VARIABLES.get(slot.name, 0), slot.fallback, literal)
            for slot, literal in zip(self.slots, reading.literals[1:], strict=True)
        )

    def filled(self, values: Mapping[str, str], language: str) -> str:
        """The text for one person.

        Where a value is missing or empty stands the variable's fallback, an empty one too if it was written
        (`{name|}`); else the default in the language. What is no variable of ours has no value, only a fallback.
        """
        pieces = [self._head]
        for name, longest, fallback, literal in self._holes:
            value = values.get(name, "")
            if value and not (len(value) <= longest and _EASY(value)):
                value = _tamed(value, longest)
            if not value:
                value = _default(name, language) if fallback is None else fallback
            pieces.append(value)
            pieces.append(literal)
        return "".join(pieces)

    def at_longest(self, language: str) -> str:
        """The text as long as it can become for anybody."""
        return self._spread(language, longest=True)

    def at_shortest(self, language: str) -> str:
        """The text as short as it can become for anybody."""
        return self._spread(language, longest=False)

    def _spread(self, language: str, *, longest: bool) -> str:
        pieces = [self._head]
        for name, most, fallback, literal in self._holes:
            instead = _default(name, language) if fallback is None else fallback
            value = "m" * (most if longest else min(most, 1))
            takes_instead = not value or (_seen(instead) > len(value)) is longest
            pieces.extend((instead if takes_instead else value, literal))
        return "".join(pieces)


@lru_cache(maxsize=256)
def compiled(text: str) -> Template:
    """The text, read; the same text is read once."""
    return Template(text)


def filled(text: str, values: Mapping[str, str], language: str = FALLBACK_LANGUAGE) -> str:
    """The text for one person; see `Template.filled`."""
    return compiled(text).filled(values, language)


def variables_in(text: str) -> tuple[str, ...]:
    """The names of the variables in the text, each once, in the order of their first appearance."""
    return tuple(dict.fromkeys(slot.name for slot in compiled(text).slots))


class _Reading:
    """Literals and slots by turns; there is one literal more than there are slots."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.literals: list[str] = []
        self.slots: list[Slot] = []
        self.faults: list[Fault] = []
        self.pieces: list[str] = []
        # Braces that were opened wrongly: the next one that closes belongs to them.
        self.pending = 0
        position = 0
        while token := _TOKEN.search(text, position):
            self._say(text[position : token.start()])
            position = self._token(token)
        self._say(text[position:])
        self._end_literal()

    def _token(self, token: re.Match[str]) -> int:
        """Read what begins with this token, and say where to go on."""
        found, start = token[0], token.start()
        if found == "{":
            return self._variable(start)
        if found in {"{{", "}}"}:
            self.pieces.append(found[0])
        elif found == "}":
            if self.pending:
                self.pending -= 1
            else:
                self._fault("brace_stray", start, start + 1)
            self.pieces.append(found)
        else:
            if _IN_TAG.search(found):
                self._fault("variable_in_tag", start, token.end())
            self.pieces.append(clean(found))
        return token.end()

    def _variable(self, start: int) -> int:
        end = self._closing(start + 1)
        inner = self.text[start + 1 : end]
        written = _without_tags(inner).partition("|")[0].strip() if end >= 0 else ""
        if not _NAME.fullmatch(written):
            if end < 0:
                self._fault("brace_unclosed", start, start + 20)
            else:
                self._fault("variable_unnamed", start, end + 1)
            self.pending += 1
            self.pieces.append("{")
            return start + 1
        before, fallback, after = _taken_apart(inner)
        self.pieces.append(before)
        self._end_literal()
        self.slots.append(Slot(written.lower(), fallback, start))
        self.pieces.append(after)
        return end + 1

    def _closing(self, position: int) -> int:
        """Where the brace ends that was opened before here; -1 if it does not, on this line."""
        for token in _INSIDE.finditer(self.text, position):
            if len(token[0]) == 1:
                return token.start() if token[0] == "}" else -1
        return -1

    def _say(self, text: str) -> None:
        if text:
            self.pieces.append(_settled(clean(text)))

    def _end_literal(self) -> None:
        self.literals.append("".join(self.pieces))
        self.pieces.clear()

    def _fault(self, code: str, start: int, end: int) -> None:
        self.faults.append(Fault(code, start, self.text[start:end].partition("\n")[0][:40]))


def _taken_apart(inner: str) -> tuple[str, str | None, str]:
    """What stands inside the braces: tags before the value, the fallback, tags after the value."""
    tags = list(TAG.finditer(inner))
    bar = next((at for at in _bars(inner, tags)), len(inner))
    first_letter = next(at for at, char in _outside(inner, tags) if not char.isspace())
    before = "".join(tag[0] for tag in tags if tag.start() < first_letter)
    after = "".join(tag[0] for tag in tags if first_letter < tag.start() < bar)
    if bar == len(inner):
        return before, None, after
    fallback = inner[bar + 1 :]
    if not check_markup(fallback).problems:
        return before, _settled_around_tags(fallback.strip()), after
    # Formatting that goes on behind the braces, or came from before them, holds the value as well.
    after += "".join(tag[0] for tag in tags if tag.start() > bar)
    return before, _settled(clean(_without_tags(fallback).strip())), after


def _bars(inner: str, tags: list[re.Match[str]]) -> list[int]:
    return [at for at, char in _outside(inner, tags) if char == "|"]


def _outside(inner: str, tags: list[re.Match[str]]) -> list[tuple[int, str]]:
    covered = {at for tag in tags for at in range(*tag.span())}
    return [(at, char) for at, char in enumerate(inner) if at not in covered]


def _without_tags(text: str) -> str:
    return TAG.sub("", text)


def _settled(text: str) -> str:
    """Text in which no ampersand can become part of something else when a value is put behind it."""
    if "&" not in text:
        return text
    return _AMPERSAND.sub(_reference, text)


def _settled_around_tags(html: str) -> str:
    pieces: list[str] = []
    position = 0
    for tag in TAG.finditer(html):
        pieces.extend((_settled(clean(html[position : tag.start()])), clean(tag[0])))
        position = tag.end()
    return "".join((*pieces, _settled(clean(html[position:]))))


def _reference(found: re.Match[str]) -> str:
    if len(found[0]) > 1 and referenced(found):
        return found[0] if found[0].endswith(";") else f"{found[0]};"
    return f"&amp;{found[0][1:]}"


def _tamed(value: str, longest: int) -> str:
    line = plain_line(value, longest) if longest else ""
    if units(line) > longest:
        # Two bytes to a unit; half of a character is dropped.
        line = line.encode("utf-16-le")[: 2 * (longest - 1)].decode("utf-16-le", "ignore").rstrip() + "…"
    return escape(line)


def _seen(html: str) -> int:
    return check_markup(html).units


def _default(name: str, language: str) -> str:
    said = _defaults().get(name)
    if said is None:
        return ""
    return said.get(language) or said.get(language.partition("-")[0].lower()) or said[FALLBACK_LANGUAGE]


@cache
def _defaults() -> Mapping[str, Mapping[str, str]]:
    table = tomllib.loads(_DEFAULTS.read_text(encoding="utf-8"))
    return {name: {language: escape(text) for language, text in row.items()} for name, row in table.items()}
