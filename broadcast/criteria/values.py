"""One value as it was written, read for its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from broadcast.criteria.contracts import LONGEST_WORD, Ago, Days, Key, Numbers, Special, Value
from broadcast.criteria.errors import Mistake
from broadcast.criteria.keys import ALWAYS_KNOWN, KINDS, LIMITS, Kind
from broadcast.criteria.nearest import nearest_name, nearest_word
from broadcast.criteria.tokens import Sign, Token
from broadcast.criteria.vocabulary import Named, Vocabulary, code_of, fold

_YES: Final = frozenset({"yes", "true", "да", "1", "on"})
_NO: Final = frozenset({"no", "false", "нет", "0", "off"})
_FLAG_WORDS: Final = ("yes", "no", "true", "false", "да", "нет")
_SPECIALS: Final[Mapping[str, Special]] = {
    "none": Special.NONE,
    "нет": Special.NONE,
    "*": Special.ANY,
}
# A text that is one of these stands in quotes.
SPECIAL_WORDS: Final = frozenset(_SPECIALS)
# Markers whose values are streams.
STREAM_MARKERS: Final = frozenset({"interested_stream", "purchased_streams"})

_NUMBER: Final = re.compile(r"(\d{1,6}) ?%?")
_NUMBER_RANGE: Final = re.compile(r"(\d{0,6}) ?%? ?(?:\.{2,3}|…|[-–—]) ?(\d{0,6}) ?%?")
_MOMENT_RANGE: Final = re.compile(r"(.*?) ?(?:\.{2,3}|…) ?(.*)")
_AGO: Final = re.compile(r"(\d{1,6}) ?([^\W\d_]+)\.?")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_UNITS: Final[Mapping[str, int]] = {
    unit: minutes
    for minutes, units in {
        1: "min mins minute minutes мин минута минуты минут",
        _HOUR: "h hour hours hr hrs ч час часа часов",
        _DAY: "d day days д дн день дня дней",
        7 * _DAY: "w week weeks н нед неделя недели недель неделю",
    }.items()
    for unit in units.split()
}
# Minutes, or months? A guess would write to everybody instead of almost nobody.
_UNCLEAR_UNITS: Final = frozenset(
    {"m", "м", "mo", "mon", "month", "months", "мес", "месяц", "месяца", "месяцев"}
)
_LONGEST_AGO: Final = 20 * 366 * _DAY
_YEARS: Final = (2000, 2100)
_ONE_DAY: Final = timedelta(days=1)


class Unread(Exception):
    """A value that makes no sense: why, and what was probably meant."""

    def __init__(self, code: str, *, nearest: str = "", about: str = "") -> None:
        super().__init__(code)
        self.code, self.nearest, self.about = code, nearest, about


@dataclass(frozen=True, slots=True)
class Said:
    """A value as it was said of a key: how it is compared, the word, and whether it stood in quotes."""

    key: Key
    name: str
    operator: str
    word: str
    is_quoted: bool


def read_value(key: Key, name: str, operator: Token, word: Token, vocabulary: Vocabulary) -> Value | Mistake:
    """What is meant, or the mistake."""
    said = Said(key, name, operator.text, word.text, word.sign is Sign.QUOTED)
    if said.operator != "=" and KINDS[key] not in (Kind.NUMBER, Kind.MOMENT):
        return Mistake("operator_unfit", operator.text, operator.start, operator.end, nearest="=", about=key)
    try:
        return _read(said, vocabulary)
    except Unread as problem:
        shown = word.text[:LONGEST_WORD]
        return Mistake(problem.code, shown, word.start, word.end, problem.nearest, problem.about or key)


def _read(said: Said, vocabulary: Vocabulary) -> Value:
    if len(said.word) > LONGEST_WORD:
        raise Unread("word_too_long", about=str(LONGEST_WORD))
    if not said.word:
        raise Unread("value_missing")
    special = _special(said)
    return _READERS[KINDS[said.key]](said, vocabulary) if special is None else special


def _special(said: Said) -> Special | None:
    special = None if said.is_quoted or said.operator != "=" else _SPECIALS.get(said.word.casefold())
    if special is None or KINDS[said.key] is Kind.FLAG:
        return None
    if said.key in ALWAYS_KNOWN:
        raise Unread("always_known")
    return special


def _choice(said: Said, vocabulary: Vocabulary) -> Value:
    things = things_of(said.key, vocabulary)
    code = code_of(said.word, things)
    if code is None:
        raise Unread("unknown_value", nearest=nearest_name(said.word, things))
    return code


def _text(said: Said, vocabulary: Vocabulary) -> Value:
    if said.name in STREAM_MARKERS:
        return code_of(said.word, vocabulary.streams) or said.word
    return said.word


def _flag(said: Said, vocabulary: Vocabulary) -> Value:  # noqa: ARG001 - readers are called alike
    word = fold(said.word)
    if word not in _YES | _NO:
        raise Unread("no_flag", nearest=nearest_word(word, _FLAG_WORDS))
    return word in _YES


def _number(said: Said, vocabulary: Vocabulary) -> Value:  # noqa: ARG001
    least, most = LIMITS[said.key]
    single = _NUMBER.fullmatch(said.word)
    found = None if single or said.operator != "=" else _NUMBER_RANGE.fullmatch(said.word)
    if single:
        numbers = _numbers(said.operator, int(single[1]))
    elif found and (found[1] or found[2]):
        numbers = Numbers(*(int(end) if end else None for end in found.groups()))
    else:
        raise Unread("no_number")
    ends = [end for end in (numbers.low, numbers.high) if end is not None]
    if any(not least <= end <= most for end in ends):
        raise Unread("out_of_range", about=f"{least}..{most}")
    if ends != sorted(ends):
        raise Unread("reversed", nearest=f"{numbers.high}..{numbers.low}")
    return numbers


def _numbers(operator: str, number: int) -> Numbers:
    return {
        "=": Numbers(number, number),
        ">=": Numbers(number, None),
        ">": Numbers(number + 1, None),
        "<=": Numbers(None, number),
        "<": Numbers(None, number - 1),
    }[operator]


def _moment(said: Said, vocabulary: Vocabulary) -> Value:  # noqa: ARG001
    if said.operator == "=" and (found := _MOMENT_RANGE.fullmatch(said.word)):
        low, high = (_end(end) if end else None for end in found.groups())
        if low is None and high is None:
            raise Unread("no_moment")
        return _span(low, high, found)
    end = _end(said.word)
    if isinstance(end, date):
        return _days(said.operator, end)
    if said.operator == "=":
        raise Unread("comparison_missing", nearest=f"<{said.word}")
    return Ago(None, end) if said.operator in ("<", "<=") else Ago(end, None)


def _span(low: date | int | None, high: date | int | None, found: re.Match[str]) -> Value:
    turned = f"{found[2]}..{found[1]}"
    if not isinstance(low, int) and not isinstance(high, int):
        if low and high and low > high:
            raise Unread("reversed", nearest=turned)
        return Days(low, high)
    if isinstance(low, date) or isinstance(high, date):
        raise Unread("mixed_moments")
    if low and high and low >= high:
        raise Unread("reversed", nearest=turned if low > high else "")
    return Ago(low, high)


def _days(operator: str, day: date) -> Days:
    return {
        "=": Days(day, day),
        ">=": Days(day, None),
        ">": Days(day + _ONE_DAY, None),
        "<=": Days(None, day),
        "<": Days(None, day - _ONE_DAY),
    }[operator]


def _end(word: str) -> date | int:
    """A day, or minutes."""
    if found := _AGO.fullmatch(word.casefold()):
        return _minutes(int(found[1]), found[2])
    parts = None
    if found := _ISO.fullmatch(word):
        parts = found[1], found[2], found[3]
    elif found := _DOTTED.fullmatch(word):
        parts = found[3], found[2], found[1]
    if parts is None:
        raise Unread("no_moment")
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        raise Unread("no_day") from None
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise Unread("out_of_range", about=f"{_YEARS[0]}..{_YEARS[1]}")
    return day


def _minutes(count: int, unit: str) -> int:
    if unit in _UNCLEAR_UNITS:
        raise Unread("unit_unclear", nearest=f"{count * 30}d")
    if unit not in _UNITS:
        raise Unread("no_moment")
    minutes = count * _UNITS[unit]
    if not 0 < minutes <= _LONGEST_AGO:
        raise Unread("out_of_range", about="1min..20y")
    return minutes


def things_of(key: Key, vocabulary: Vocabulary) -> tuple[Named, ...]:
    """What can be named after a key of choices."""
    return {
        Key.GENDER: vocabulary.genders,
        Key.LANGUAGE: vocabulary.languages,
        Key.JOURNEY_STAGE: vocabulary.stages,
        Key.STREAMS: vocabulary.streams,
        Key.READINESS: vocabulary.streams,
    }[key]


_READERS: Final[Mapping[Kind, Callable[[Said, Vocabulary], Value]]] = {
    Kind.CHOICE: _choice,
    Kind.TEXT: _text,
    Kind.FLAG: _flag,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
}
