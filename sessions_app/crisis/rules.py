"""The rules of `rules.*.toml`, compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sessions_app.crisis.kinds import CrisisKind

_RULES: Final = Path(__file__).parent

# Up to four words of any kind, or up to two.
_GAPS: Final = {"..": r"(?:[^ .]+ ){0,4}?", "~": r"(?:[^ .]+ ){0,2}?"}
_NUMBERS: Final = (
    "шесть|шести|семь|семи|восемь|восьми|девять|девяти|десять|десяти|одиннадцать|одиннадцати|двенадцать|"
    "двенадцати|тринадцать|тринадцати|четырнадцать|четырнадцати|пятнадцать|пятнадцати|шестнадцать|шестнадцати|"
    "семнадцать|семнадцати|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
)
_ORDINALS: Final = (
    "первом|втором|третьем|четвертом|пятом|шестом|седьмом|восьмом|девятом|десятом|одиннадцатом|"
    "пятый|шестой|седьмой|восьмой|девятый|десятый|одиннадцатый|"
    "пятого|шестого|седьмого|восьмого|девятого|десятого|одиннадцатого"
)
_GRADES: Final = "fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
_PLACEHOLDERS: Final = {
    "<число>": rf"(?:[6-9]|1[0-7]|{_NUMBERS}) ",
    "<number>": rf"(?:[6-9]|1[0-7]|{_NUMBERS}) ",
    "<класс>": rf"(?:[1-9]|1[01]|{_ORDINALS}) (?:(?:м|ом|ем|й|ый|ой|го) )?",
    "<grade>": rf"(?:(?:[1-9]|1[0-2])(?:st|nd|rd|th)?|{_GRADES}) ",
    "<count>": r"\d+ ",
}
_EDGES: Final = frozenset({"<край>", "<edge>"})

STEM_KEY: Final = 3


@dataclass(frozen=True, slots=True)
class Pattern:
    rule: str
    kind: CrisisKind
    sees: re.Pattern[str]
    excuses: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    patterns: tuple[Pattern, ...]
    by_word: Mapping[str, tuple[int, ...]]
    by_stem: Mapping[str, tuple[tuple[str, int], ...]]


@cache
def catalogue() -> Catalogue:
    patterns: list[Pattern] = []
    by_word: dict[str, list[int]] = {}
    by_stem: dict[str, list[tuple[str, int]]] = {}
    for path in sorted(_RULES.glob("rules.*.toml")):
        book = tomllib.loads(path.read_text(encoding="utf-8"))
        common = frozenset(book["common"])
        for rule in book["rule"]:
            excuses = "|".join(f"(?:{_regex(each)})" for each in rule.get("unless", ()))
            for each in rule["any"]:
                for word in _calling_words(each, common):
                    if word.endswith("*"):
                        by_stem.setdefault(word[:STEM_KEY], []).append((word[:-1], len(patterns)))
                    else:
                        by_word.setdefault(word, []).append(len(patterns))
                sees = re.compile(_regex(each))
                kind = CrisisKind(rule["kind"])
                patterns.append(Pattern(rule["id"], kind, sees, re.compile(excuses) if excuses else None))
    return Catalogue(
        tuple(patterns),
        {word: tuple(numbers) for word, numbers in by_word.items()},
        {key: tuple(stems) for key, stems in by_stem.items()},
    )


def _regex(pattern: str) -> str:
    """The pattern of a rule as a regular expression over words with one space around each.

    Everything in it is bounded: no text makes it slow.
    """
    pieces = ["(?<= )"]
    for element in pattern.split():
        optional = element.endswith("?")
        name = element.rstrip("?")
        if name in _GAPS:
            pieces.append(_GAPS[name])
        elif name in _EDGES:
            pieces.append("(?:(?<=[.,] )|(?=[.,] ))")
        else:
            piece = _PLACEHOLDERS.get(name) or f"(?:{'|'.join(map(_alternative, name.split('|')))})"
            pieces.append(f"(?:{piece})?" if optional else piece)
    return "".join(pieces)


def _alternative(word: str) -> str:
    if word in _EDGES:
        return "(?=[.,] )"
    return rf"{re.escape(word[:-1])}[^ ]{{0,40}} " if word.endswith("*") else f"{re.escape(word)} "


def _calling_words(pattern: str, common: frozenset[str]) -> Iterable[str]:
    """The alternatives of the element that is rarest in talk, guessed: one of them must be heard."""
    elements = [
        each.split("|")
        for each in pattern.split()
        if each not in _GAPS and not each.endswith("?") and not each.startswith("<") and "|<" not in each
    ]
    return max(elements, key=lambda words: min(0 if word in common else len(word) for word in words))
