"""Signs that a person is in danger, found in their words before any coach answers; and whom they can call.

The rules are data (`crisis_data/rules.*.toml`). They would rather be wrong on the careful side: a person
who is offered a hotline for nothing loses a minute. A sign names a rule, never the text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from sessions_app.rendering import Html
from sessions_app.speech import say

_DATA: Final = Path(__file__).with_name("crisis_data")


class CrisisKind(StrEnum):
    """What kind of danger. The order is that of urgency: a child who wants to die is heard as the latter."""

    SELF_HARM = "self_harm"
    ABUSE = "abuse"
    VIOLENCE = "violence"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class CrisisSign:
    """A sign of danger: its kind and the rule that saw it. It never carries the person's words."""

    kind: CrisisKind
    rule: str


@dataclass(frozen=True, slots=True)
class Hotline:
    """Somewhere to turn, named in the person's language."""

    name: str
    number: str
    hours: str
    url: str | None = None


def detect(text: str, language: str) -> CrisisSign | None:
    """The most urgent sign in this text, or None. Rules of all languages apply; people mix them.

    Takes time linear in the length of the text, whatever the text.
    """
    words = _words(text, cyrillic_first=language == "ru")
    if not words:
        return None
    catalogue = _catalogue()
    heard = _hear(words, catalogue)
    if not heard.hits and not heard.spelt:
        return None
    found = list(_signs(heard, catalogue))
    return min(found, key=lambda sign: _URGENCY[sign.kind]) if found else None


def hotlines(language: str, country: str | None = None, *, kind: str | None = None) -> tuple[Hotline, ...]:
    """Where to turn in this country (an ISO code), or where speakers of the language mostly live.

    With a `kind`, only what is meant for that kind of danger. A directory of all countries always comes last.
    """
    language = language if language in _HOMES else "en"
    rows = _hotline_data()["hotline"]
    code = (country or "").upper()
    known = {row["country"] for row in rows} - {"*"}
    if code in known:
        places: tuple[str, ...] = (code,)
    elif code in _hotline_data()["european_union"]:
        places = ("EU",)
    else:
        places = () if code else _HOMES[language]
    return tuple(
        Hotline(row["name"][language], row["number"], row["hours"][language], row.get("url"))
        for place in (*places, "*")
        for row in rows
        if row["country"] == place and (kind is None or kind in row.get("kinds", (kind,)))
    )


def crisis_reply(kind: str, language: str, country: str | None = None) -> Html:
    """What the bot says at once when it sees this sign, hotlines included."""
    return say(f"crisis.reply.{kind}", language, hotlines=hotline_list(language, country, kind=kind))


def hotline_list(language: str, country: str | None = None, *, kind: str | None = None) -> Html:
    """The hotlines as lines of Telegram HTML."""
    return Html(
        "\n".join(
            say("crisis.hotline", language, name=line.name, number=line.number, hours=line.hours)
            for line in hotlines(language, country, kind=kind)
        )
    )


_URGENCY: Final = {kind: order for order, kind in enumerate(CrisisKind)}
_HOMES: Final = {"ru": ("RU",), "en": ("US", "GB", "EU")}


@cache
def _hotline_data() -> dict[str, Any]:
    return tomllib.loads((_DATA / "hotlines.toml").read_text(encoding="utf-8"))


# What a person types, brought to one shape.

_BREAKS: Final = frozenset('.!?…;:\n\r()[]{}«»"“”„|')
_DROPPED: Final = frozenset("'’‘ʼ`´")
_FOLDS_KEPT: Final = 4096


class _Fold(dict[int, str]):
    """How each character is compared; made on first sight and kept, but never more than a few thousand."""

    def __missing__(self, codepoint: int) -> str:
        folded = _folded(chr(codepoint))
        if len(self) < _FOLDS_KEPT:
            self[codepoint] = folded
        return folded


def _folded(char: str) -> str:
    if char in _BREAKS:
        return " . "
    if char == ",":
        return " , "
    if char in "@$":
        return char
    if char in _DROPPED or unicodedata.category(char) in {"Mn", "Me", "Cf", "Cs"}:
        return ""
    # Full-width, bold and circled letters are letters too. Character by character: a text as a whole may hold
    # runs of marks that are slow to normalise.
    plain = "".join(map(_unaccented, unicodedata.normalize("NFKC", char).casefold())).translate(_RARE_TWINS)
    return plain if plain.isalnum() else " "


def _unaccented(char: str) -> str:
    return char if char in "йї" else unicodedata.normalize("NFD", char)[0]


# Letters of rarer alphabets that nobody but a deceiver mixes into a Latin word.
_RARE_TWINS: Final = str.maketrans("ѕјԁԛԝһӏοαεικρυχτν", "sjdqwhloaeikpuxtv")
_FOLD: Final = _Fold()
_STRETCHED: Final = re.compile(r"([^\W\d])\1{2,}")
_AGE_STUCK: Final = re.compile(
    r"\b(\d{1,2})(?=(?:лет|год|летн|yo|yr|year)|(?:[yfmйм]|ый|ой|ом|ем|го|ого|ти)\b)"
)
_CYRILLIC: Final = re.compile(r"[а-яіїєґ]")
_LATIN: Final = re.compile(r"[a-z]")
_TO_CYRILLIC: Final = str.maketrans("aceopxykmthbuinr01346@", "асеорхукмтнвиипгоизчба")
_TO_LATIN: Final = str.maketrans("асеорхукмтнві013457@$", "aceopxykmthbioieastas")
_LOOK_ALIKES: Final = frozenset("aceopxykmthb")
_SAMPLE: Final = 2000


def _words(text: str, *, cyrillic_first: bool) -> list[str]:
    if "\u0306" in text:
        # "й" typed as two characters would lose its mark and be another letter.
        text = text.replace("и\u0306", "й").replace("И\u0306", "Й")
    folded = _AGE_STUCK.sub(r"\1 ", _STRETCHED.sub(r"\1", text.translate(_FOLD)))
    if folded.isascii():
        return _contracted([_latin(word) for word in folded.split()])
    sample = folded[:_SAMPLE]
    in_cyrillic = len(_CYRILLIC.findall(sample))
    mostly_cyrillic = in_cyrillic > (0 if cyrillic_first else len(_LATIN.findall(sample)))
    return _contracted([_in_one_script(word, mostly_cyrillic=mostly_cyrillic) for word in folded.split()])


def _contracted(words: list[str]) -> list[str]:
    """The words with "i am", "do not" and their like joined, as haste writes them and the rules expect."""
    if _SECOND_HALVES.isdisjoint(words):
        return words
    joined: list[str] = []
    for word in words:
        whole = _CONTRACTIONS.get((joined[-1], word)) if joined and word in _SECOND_HALVES else None
        if whole:
            joined[-1] = whole
        else:
            joined.append(word)
    return joined


_CONTRACTIONS: Final = {
    ("i", "am"): "im",
    ("i", "will"): "ill",
    ("i", "m"): "im",
    ("do", "not"): "dont",
    ("don", "t"): "dont",
    ("does", "not"): "doesnt",
    ("did", "not"): "didnt",
    ("will", "not"): "wont",
    ("can", "not"): "cant",
    ("is", "not"): "isnt",
    ("want", "to"): "wanna",
    ("going", "to"): "gonna",
    ("my", "self"): "myself",
}
_SECOND_HALVES: Final = frozenset(second for _, second in _CONTRACTIONS)


def _latin(word: str) -> str:
    """The word with figures that stand for letters read as these: k1ll."""
    return word if word.isalpha() or not word[0].isalpha() else word.translate(_TO_LATIN)


def _in_one_script(word: str, *, mostly_cyrillic: bool) -> str:
    latin = len(_LATIN.findall(word))
    if not latin:
        return word if word.isalpha() or not word[0].isalpha() else word.translate(_TO_CYRILLIC)
    if latin == len(word):
        return word.translate(_TO_CYRILLIC) if mostly_cyrillic and _LOOK_ALIKES.issuperset(word) else word
    cyrillic = len(_CYRILLIC.findall(word))
    if not cyrillic:
        return _latin(word)
    # A letter or two of another alphabet inside a word is there to deceive filters.
    return word.translate(_TO_CYRILLIC if cyrillic > latin or mostly_cyrillic else _TO_LATIN)


# The rules, ready to be applied.

_GAP: Final = r"(?:[^ .]+ ){0,4}?"
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

# How far, in characters, a rule looks around the word that called it, and an excuse around what the rule saw.
_REACH: Final = 240
_EXCUSE_REACH: Final = 60
# A text that repeats a word thousands of times is not read at every one of them.
_MOST_LOOKS: Final = 64

_SPELT_OUT: Final = 5
_SPELT: Final = (
    "суицид",
    "самоубий",
    "умереть",
    "сдохнуть",
    "повеситься",
    "повешусь",
    "убитьсебя",
    "убьюсебя",
    "нехочужить",
    "suicid",
    "killmyself",
    "wanttodie",
    "wannadie",
    "endmylife",
    "selfharm",
)
_TORN: Final = ("суицид", "самоубий", "suicid")


@dataclass(frozen=True, slots=True)
class _Pattern:
    rule: str
    kind: CrisisKind
    sees: re.Pattern[str]
    excuses: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Catalogue:
    patterns: tuple[_Pattern, ...]
    by_word: Mapping[str, tuple[int, ...]]
    by_stem: Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class _Heard:
    """A text in one shape, where the words stand that call for a look, and whether any was spelt out."""

    text: str
    hits: Mapping[int, list[int]]
    spelt: bool


_STEM_KEY: Final = 3


@cache
def _catalogue() -> _Catalogue:
    patterns: list[_Pattern] = []
    by_word: dict[str, list[int]] = {}
    by_stem: dict[str, list[tuple[str, int]]] = {}
    for path in sorted(_DATA.glob("rules.*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]:
            excuses = "|".join(f"(?:{_regex(each)})" for each in rule.get("unless", ()))
            for each in rule["any"]:
                for word in _calling_words(each):
                    if word.endswith("*"):
                        by_stem.setdefault(word[:_STEM_KEY], []).append((word[:-1], len(patterns)))
                    else:
                        by_word.setdefault(word, []).append(len(patterns))
                sees = re.compile(_regex(each))
                kind = CrisisKind(rule["kind"])
                patterns.append(_Pattern(rule["id"], kind, sees, re.compile(excuses) if excuses else None))
    return _Catalogue(
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
        if name == "..":
            pieces.append(_GAP)
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


def _calling_words(pattern: str) -> Iterable[str]:
    """The alternatives of the element that is rarest in talk, guessed by length: one must be heard."""
    elements = [
        each.split("|")
        for each in pattern.split()
        if each != ".." and not each.endswith("?") and not each.startswith("<") and "|<" not in each
    ]
    return max(elements, key=lambda words: min(len(word) for word in words))


def _hear(words: list[str], catalogue: _Catalogue) -> _Heard:
    hits: dict[int, list[int]] = {}
    position = 3
    for word in words:
        called = catalogue.by_word.get(word, ())
        stems = catalogue.by_stem.get(word[:_STEM_KEY])
        if stems:
            called = (*called, *(number for stem, number in stems if word.startswith(stem)))
        for number in called:
            places = hits.setdefault(number, [])
            if len(places) < _MOST_LOOKS and (not places or position - places[-1] > _REACH // 2):
                places.append(position)
        position += len(word) + 1
    return _Heard(f" . {' '.join(words)} . ", hits, _spelt_out(words))


def _spelt_out(words: list[str]) -> bool:
    """Whether the gravest words are there letter by letter or torn apart: "с у и ц и д", "само-убийство"."""
    run: list[str] = []
    for word in (*words, "<end>"):
        if len(word) == 1:
            if word not in ".,":
                run.append(word)
        else:
            if len(run) >= _SPELT_OUT and any(stem in "".join(run) for stem in _SPELT):
                return True
            run.clear()
    joined = "".join(word for word in words if word not in ".,")
    return any(stem in joined and not any(stem in word for word in words) for stem in _TORN)


def _signs(heard: _Heard, catalogue: _Catalogue) -> Iterator[CrisisSign]:
    if heard.spelt:
        yield CrisisSign(CrisisKind.SELF_HARM, "any.self_harm.spelt")
    for number, places in heard.hits.items():
        pattern = catalogue.patterns[number]
        if any(_sees(pattern, heard.text, place) for place in places):
            yield CrisisSign(pattern.kind, pattern.rule)


def _sees(pattern: _Pattern, text: str, place: int) -> bool:
    start, end = max(place - _REACH, 0), place + _REACH
    for found in pattern.sees.finditer(text, start, end):
        if pattern.excuses is None:
            return True
        since = text.rfind(" . ", max(found.start() - _EXCUSE_REACH, 0), found.start() + 1)
        until = text.find(" . ", max(found.end() - 1, 0), found.end() + _EXCUSE_REACH)
        since = since + 2 if since >= 0 else max(found.start() - _EXCUSE_REACH, 0)
        until = until + 4 if until >= 0 else found.end() + _EXCUSE_REACH
        if not pattern.excuses.search(text, since, until):
            return True
    return False
