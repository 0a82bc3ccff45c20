"""What a row says, with everything personal in it masked: its shape tells what went wrong. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# Of names in Telegram's objects; whatever is called otherwise came from somewhere else.
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Figures and words of the protocol, which say nothing of anybody.
_PLAIN_NUMBERS: Final = frozenset(
    {
        "update_id",
        "message_id",
        "date",
        "edit_date",
        "offset",
        "length",
        "duration",
        "width",
        "height",
        "file_size",
        "total_count",
    }
)
_PLAIN_WORDS: Final = frozenset(
    {"type", "language_code", "mime_type", "parse_mode", "status", "emoji", "action"}
)
_WORD: Final = re.compile(r"[A-Za-z0-9_+/.-]{1,40}")
_DEEPEST: Final = 12
_MOST: Final = 400
_LONGEST_READ: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the shape: how deep it stands, its name, and what stands there; `kind` says how it is shown.

    Kinds: branch, plain (shown as it is); text, number, bytes (only what it is); end (the rest is left out).
    """

    depth: int
    name: str
    kind: str
    value: str = ""
    # Of a text so many characters, of a branch so many things.
    size: int = 0


def masked(content: bytes | Mapping[str, Any]) -> list[Line]:
    """The shape of an update or of a message's parameters; no more than a page of lines."""
    return list(_cut(_lines("", read(content), 0)))


def whole(content: bytes | Mapping[str, Any]) -> str:
    """The same with all that it says, indented; for those who may read it."""
    found = read(content)
    if isinstance(found, bytes):
        return found.decode("utf-8", "replace")
    return json.dumps(found, ensure_ascii=False, indent=2)


def read(content: bytes | Mapping[str, Any]) -> Any:
    """What was kept as an object; its bytes where it is none."""
    if not isinstance(content, bytes):
        return dict(content)
    if len(content) > _LONGEST_READ:
        return content
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content


def _cut(lines: Iterator[Line]) -> Iterator[Line]:
    for count, line in enumerate(lines):
        if count == _MOST:
            yield Line(0, "", "end")
            return
        yield line


def _lines(name: str, value: Any, depth: int) -> Iterator[Line]:
    if isinstance(value, bytes):
        yield Line(depth, name, "bytes", size=len(value))
    elif isinstance(value, Mapping | list):
        yield Line(depth, name, "branch", size=len(value))
        if depth == _DEEPEST:
            yield Line(depth + 1, "", "end")
            return
        for each, inner in _inside(value):
            yield from _lines(each, inner, depth + 1)
    elif isinstance(value, str):
        yield _text(name, value, depth)
    elif value is None or isinstance(value, bool) or name in _PLAIN_NUMBERS:
        yield Line(depth, name, "plain", json.dumps(value))
    else:
        yield Line(depth, name, "number")


def _inside(value: Mapping[str, Any] | Sequence[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name if _NAME.fullmatch(name) else "…", inner
    else:
        for place, inner in enumerate(value):
            yield str(place), inner


def _text(name: str, value: str, depth: int) -> Line:
    if _UUID.fullmatch(value) or (name in _PLAIN_WORDS and _WORD.fullmatch(value)):
        return Line(depth, name, "plain", value)
    return Line(depth, name, "text", size=len(value))
