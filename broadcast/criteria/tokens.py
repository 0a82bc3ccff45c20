"""A text of criteria taken apart, in one pass: words, operators, and the signs between them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broadcast.criteria.errors import Mistake
from profiles.plain import plain_text


class Sign(StrEnum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    OPERATOR = "operator"
    NOT = "!"
    OR = "|"
    AND = ","


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text. `text` is what it says: an operator in its usual spelling, a quoted word without quotes."""

    sign: Sign
    text: str
    start: int
    end: int


# Keyboards put typographic signs in place of what was typed.
_OPERATORS: Final = {
    "==": "=", "=>": ">=", ">=": ">=", "=<": "<=", "<=": "<=", "<>": "!=", "!=": "!=",
    "=": "=", "<": "<", ">": ">", "≥": ">=", "≤": "<=", "≠": "!=",
}  # fmt: skip
_QUOTES: Final = {'"': '"', "«": "»", "“": "”“", "„": "“”", "”": "”“"}
_SPECIAL: Final = frozenset('=<>≥≤≠!|,"«“„”')


def clean(text: str) -> str:
    """The text as it is read: NFC, without what is not seen."""
    return unicodedata.normalize("NFC", plain_text(text, max(len(text), 1)))


def tokens(text: str) -> tuple[list[Token], list[Mistake]]:
    """The pieces of a clean text, and quotes that are not closed (what follows one is not read)."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        letter = text[at]
        if letter.isspace():
            at += 1
            continue
        token = _token(text, at)
        if token is None:
            return found, [Mistake("quote_open", text[at : at + 40].strip(), at, len(text))]
        found.append(token)
        at = token.end
    return found, []


def _token(text: str, at: int) -> Token | None:
    letter = text[at]
    if letter in _QUOTES:
        return _quoted(text, at)
    for length in (2, 1):
        operator = text[at : at + length]
        if operator in _OPERATORS:
            return Token(Sign.OPERATOR, _OPERATORS[operator], at, at + len(operator))
    if letter in "!|,":
        return Token(Sign(letter), letter, at, at + 1)
    end = at
    while end < len(text) and text[end] not in _SPECIAL:
        end += 1
    word = text[at:end].rstrip()
    return Token(Sign.WORD, one_line(word), at, at + len(word))


def _quoted(text: str, at: int) -> Token | None:
    closing = _QUOTES[text[at]]
    said: list[str] = []
    end = at + 1
    while end < len(text):
        letter = text[end]
        if letter in closing:
            return Token(Sign.QUOTED, one_line("".join(said)), at, end + 1)
        if letter == "\\" and end + 1 < len(text):
            end += 1
            letter = text[end]
        said.append(letter)
        end += 1
    return None


def one_line(said: str) -> str:
    """The words with one space between them."""
    return " ".join(said.split())


def is_plain(said: str) -> bool:
    """Whether a value can stand without quotes and be read as it is."""
    return bool(said) and said[0].isalnum() and all(each.isalnum() or each in "_-. " for each in said)
