"""Text that a database, JSON and Telegram all accept."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SENTENCE_END = re.compile(r"[.!?…][\"»”’)]*(?=\s|$)|\n")


def clean(text: str) -> str:
    """The same text without control characters, surrogate pairs joined and lone halves replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROLS.sub("", text)


def clean_values(value: object) -> object:
    """The same JSON value with each text in it cleaned, keys too. RecursionError where it is too deep."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_values(each) for each in value]
    if isinstance(value, dict):
        return {clean_values(key): clean_values(each) for key, each in value.items()}
    return value


def whole_sentences(text: str) -> str:
    """A text that was cut off, back to its last whole sentence, or with an ellipsis if that loses half."""
    end = max((match.end() for match in _SENTENCE_END.finditer(text)), default=0)
    kept = text[:end].rstrip()
    return kept if len(kept) * 2 >= len(text) else f"{text.rstrip()}…"
