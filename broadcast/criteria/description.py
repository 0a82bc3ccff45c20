"""Criteria as a sentence for people."""

from __future__ import annotations

from datetime import date

from broadcast.criteria.contracts import Ago, Criteria, Days, Key, Numbers, Special, Term, Value
from broadcast.criteria.keys import KINDS, Kind
from broadcast.criteria.values import STREAM_MARKERS, things_of
from broadcast.criteria.vocabulary import Vocabulary, name_of
from broadcast.criteria.words import say, texts
from broadcast.criteria.writing import time_ago

_OPPOSITE = {Special.ANY: Special.NONE, Special.NONE: Special.ANY}
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def described(criteria: Criteria, vocabulary: Vocabulary, language: str) -> str:
    """Whom the criteria speak of: "women on the stage “Ordeal”, seen in the last 7 days". Plain text."""
    return _Description(vocabulary, "ru" if language == "ru" else "en").of(criteria)


class _Description:
    """How things are said in one language."""

    def __init__(self, vocabulary: Vocabulary, language: str) -> None:
        self._vocabulary = vocabulary
        self._language = language

    def of(self, criteria: Criteria) -> str:
        if not criteria.terms:
            return self._say("everybody")
        subject = next((each for each in criteria.terms if _is_subject(each)), None)
        who = self._say("people") if subject is None else self._values(subject)
        phrases = [self._phrase(each) for each in criteria.terms if each is not subject]
        return self._say("first").join([who, ", ".join(phrases)]) if phrases else who

    def _phrase(self, term: Term) -> str:
        values: tuple[Value, ...] = term.values
        is_negated = term.is_negated
        if len(values) == 1:
            only = values[0]
            if isinstance(only, Special):
                meant = _OPPOSITE[only] if is_negated else only
                section = "any" if meant is Special.ANY else "none"
                return say(section, term.key, self._language, name=self._name(term))
            if isinstance(only, bool):
                return say("is" if only is not is_negated else "not", term.key, self._language)
        elif KINDS[term.key] is Kind.FLAG:
            # Both answers: everybody, or nobody.
            return f"{term.key}: {self._either(self._say('yes'), self._say('no'), is_negated=is_negated)}"
        section = "not" if is_negated else "is"
        return say(section, term.key, self._language, name=self._name(term), values=self._values(term))

    def _either(self, yes: str, no: str, *, is_negated: bool) -> str:
        either = f"{yes} {self._say('or')} {no}"
        return f"≠ {either}" if is_negated else either

    def _name(self, term: Term) -> str:
        if term.key is Key.READINESS:
            return self._quoted(name_of(term.name, self._vocabulary.streams, self._language))
        return term.name

    def _values(self, term: Term) -> str:
        said = [self._value(term, value) for value in self._in_order(term)]
        *most, last = said or [""]
        return f" {self._say('or')} ".join([", ".join(most), last] if most else [last])

    def _in_order(self, term: Term) -> list[Value]:
        """Stages and streams in their own order, ranges by their beginning; none and any come last."""
        order: dict[Value, int] = {each: _beginning(each) for each in term.values}
        if KINDS[term.key] is Kind.CHOICE:
            things = things_of(term.key, self._vocabulary)
            order |= {each.code: number for number, each in enumerate(things)}
        return sorted(term.values, key=lambda each: (isinstance(each, Special), order.get(each, 0)))

    def _value(self, term: Term, value: Value) -> str:
        if isinstance(value, Special):
            return self._say("known" if value is Special.ANY else "unknown")
        if isinstance(value, str):
            return self._word(term, value)
        if isinstance(value, Numbers):
            return self._numbers(value, " %" if term.key is Key.READINESS else "")
        return self._moment(term.key, value) if isinstance(value, Ago | Days) else str(value)

    def _word(self, term: Term, value: str) -> str:
        if KINDS[term.key] is Kind.CHOICE:
            said = name_of(value, things_of(term.key, self._vocabulary), self._language)
            return said if term.key in (Key.GENDER, Key.LANGUAGE) else self._quoted(said)
        if term.name in STREAM_MARKERS:
            return self._quoted(name_of(value, self._vocabulary.streams, self._language))
        return self._quoted(value)

    def _numbers(self, value: Numbers, unit: str) -> str:
        low = f"{value.low}{unit}"
        high = f"{value.high}{unit}"
        if value.low == value.high:
            return low
        if value.high is None:
            return self._say("at_least", low=low)
        if value.low is None:
            return self._say("at_most", high=high)
        return self._say("range", low=value.low, high=high)

    def _moment(self, key: Key, value: Ago | Days) -> str:
        if isinstance(value, Ago):
            name = "within" if value.low is None else "before" if value.high is None else "between"
            low, high = self._span(value.low), self._span(value.high)
        else:
            name = "until" if value.low is None else "since" if value.high is None else "days"
            name = "day" if value.low == value.high else name
            low, high = self._day(value.low), self._day(value.high)
        return say(key, name, self._language, low=low, high=high)

    def _span(self, minutes: int | None) -> str:
        if minutes is None:
            return ""
        count, unit = time_ago(minutes)
        one, many = texts(self._language)["units"][unit]
        # Russian has the same form after 21 as after 1, and another after 11.
        is_one = count % 10 == 1 and count % 100 != 11 if self._language == "ru" else count == 1
        return f"{count} {one if is_one else many}"

    def _day(self, day: date | None) -> str:
        if day is None:
            return ""
        return (
            f"{day:%d.%m.%Y}" if self._language == "ru" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        )

    def _quoted(self, value: str) -> str:
        return self._say("quoted", value=value)

    def _say(self, name: str, **values: object) -> str:
        return say("words", name, self._language, **values)


def _is_subject(term: Term) -> bool:
    """A gender that can stand for the people themselves."""
    return (
        term.key is Key.GENDER
        and not term.is_negated
        and all(isinstance(value, str) for value in term.values)
    )


def _beginning(value: Value) -> int:
    if isinstance(value, Days):
        return value.low.toordinal() if value.low else -1
    if isinstance(value, Numbers | Ago):
        return -1 if value.low is None else value.low
    return 0
