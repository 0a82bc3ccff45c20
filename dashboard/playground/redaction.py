"""What people said, without what names them: for words that leave the conversation in which they were said. Pure.

Names, links, addresses and numbers are replaced as far as they are recognised, each name by the same mark wherever
it stands, so that it is still understood who did what to whom. What is replaced too much costs little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from core.redaction import redact

_NAMES: Final = Path(__file__).with_name("names.txt")
_NO_NAMES: Final = Path(__file__).with_name("no_names.txt")
_MARKS: Final = {
    "en": {
        "own": "[name]",
        "name": "[name {}]",
        "link": "[link]",
        "mail": "[e-mail]",
        "user": "[username]",
        "phone": "[phone]",
        "date": "[date]",
        "number": "[number]",
    },
    "ru": {
        "own": "[имя]",
        "name": "[имя {}]",
        "link": "[ссылка]",
        "mail": "[почта]",
        "user": "[ник]",
        "phone": "[телефон]",
        "date": "[дата]",
        "number": "[номер]",
    },
}
# Each reaches a bounded way, so that a long text costs its length.
_SHAPES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("mail", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    ("link", re.compile(r"(?i)(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.)[^\s<>\"]{1,2000}")),
    (
        "link",
        re.compile(
            r"(?i)(?<![\w@.])(?:[a-zа-яё0-9-]{1,63}\.){1,3}"
            r"(?:com|net|org|ru|рф|su|me|io|ai|info|biz|app|dev|online|site|tv|eu|de|uk|ua|by|kz)\b(?:/[^\s<>\"]{0,2000})?"
        ),
    ),
    ("user", re.compile(r"(?<!\w)@\w{2,64}")),
    ("date", re.compile(r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})(?!\d)")),
    ("phone", re.compile(r"(?<![\w+])\+?\(?\d(?:[ \t().\u00a0-]{0,3}\d){8,17}(?!\d)")),
    ("number", re.compile(r"(?<!\d)\d(?:[ -]?\d){4,30}(?!\d)")),
)
# A word that begins large where no sentence begins is a name, nearly always.
_INSIDE: Final = re.compile(
    r"(?<=[a-zа-яё0-9,;:)\]»”’\"'—–-] )[«“\"'(]?([A-ZА-ЯЁ][a-zа-яё]+(?:-[A-ZА-ЯЁ]?[a-zа-яё]+)?)"
)
_CAPITAL: Final = re.compile(r"\b[A-ZА-ЯЁ][a-zа-яё]+\b")
_WORD: Final = re.compile(r"[^\W\d_]+")
_ENDINGS: Final = re.compile(r"(?i)(?:ой|ою|ом|ем|ей|ею|ым|ых|ов|ев|ёй|[аяуюыиеоьй])$")
_DECLINED: Final = {
    "а": ("ы", "и", "е", "у", "ой", "ою"),
    "я": ("и", "е", "ю", "ей", "ею"),
    "й": ("я", "ю", "ем", "е"),
    "ь": ("я", "ю", "ем", "е", "и", "ью"),
    "": ("а", "у", "ом", "е", "ым", "ой"),
}


class Redactor:
    """Takes out what names people, for one conversation; `names` are those of the person it is about."""

    def __init__(self, *, language: str, names: Iterable[str] = ()) -> None:
        self._marks = _MARKS.get(language, _MARKS["en"])
        own = [each for name in names for each in _WORD.findall(name) if len(each) > 1]
        self._own = _any_of(own)
        self._others: dict[str, str] = {}

    def text(self, text: str) -> str:
        """The same without names, numbers, addresses and links."""
        text = redact(text)
        for kind, shape in _SHAPES:
            text = shape.sub(self._marks[kind], text)
        if self._own is not None:
            text = self._own.sub(self._marks["own"], text)
        text = _CAPITAL.sub(lambda found: self._known(found[0]), text)
        return _INSIDE.sub(lambda found: found[0].replace(found[1], self._mark(found[1])), text)

    def value(self, value: object) -> object:
        """The same for lists and objects of texts."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {name: self.value(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return value

    def _known(self, word: str) -> str:
        return self._mark(word) if word.lower() in _common_names() else word

    def _mark(self, word: str) -> str:
        if word.lower() in _no_names():
            return word
        stem = _stem(word)
        if stem not in self._others:
            self._others[stem] = self._marks["name"].format(_letter(len(self._others)))
        return self._others[stem]


def _any_of(names: list[str]) -> re.Pattern[str] | None:
    """These names in each of their cases, however large their letters are."""
    if not names:
        return None
    forms = sorted({form for name in names for form in _forms(name)}, key=len, reverse=True)
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)")


def _forms(name: str) -> Iterator[str]:
    """A name in small letters, in the cases of a Russian declension where it is written so."""
    plain = name.lower()
    yield plain
    if not re.fullmatch("[а-яё-]{3,}", plain):
        return
    stem, last = plain[:-1], plain[-1]
    if last in _DECLINED:
        yield from (stem + ending for ending in _DECLINED[last])
    elif last not in "оеиуыэюё":
        yield from (plain + ending for ending in _DECLINED[""])


def _stem(word: str) -> str:
    plain = word.lower().replace("ё", "е")
    stem = _ENDINGS.sub("", plain)
    return stem if len(stem) >= 3 else plain


def _letter(place: int) -> str:
    return chr(ord("A") + place % 26) + (str(place // 26) if place >= 26 else "")


@lru_cache(maxsize=1)
def _common_names() -> frozenset[str]:
    names = _NAMES.read_text(encoding="utf-8").split()
    return frozenset(form for name in names for form in _forms(name))


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    """What begins large without naming anybody."""
    return frozenset(_NO_NAMES.read_text(encoding="utf-8").split())
