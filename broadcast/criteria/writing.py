"""Criteria written down in the one way that reads back as the same."""

from __future__ import annotations

from broadcast.criteria.contracts import Ago, Criteria, Days, Numbers, Special, Term, Value
from broadcast.criteria.tokens import is_plain
from broadcast.criteria.values import SPECIAL_WORDS

_UNITS = ((24 * 60, "d"), (60, "h"), (1, "min"))


def canonical(criteria: Criteria) -> str:
    """The criteria as text; `parse` makes the same criteria of it, and one criteria has one text."""
    return ", ".join(canonical_term(term) for term in criteria.terms)


def canonical_term(term: Term) -> str:
    """One condition as text."""
    negation = "!" if term.is_negated else ""
    name = f".{quoted(term.name)}" if term.name else ""
    return f"{negation}{term.key}{name}{canonical_values(term.values)}"


def canonical_values(values: tuple[Value, ...]) -> str:
    """An operator and the values; a value with another operator brings its own."""
    written = [canonical_value(value) for value in values]
    first = "".join(written[0])
    rest = [word if operator == "=" else f"{operator}{word}" for operator, word in written[1:]]
    return "|".join([first, *rest])


def canonical_value(value: Value) -> tuple[str, str]:
    """How it is compared, and with what."""
    if isinstance(value, bool):
        return "=", "yes" if value else "no"
    if isinstance(value, Special):
        return "=", value.value
    if isinstance(value, str):
        return "=", quoted(value)
    if isinstance(value, Ago):
        return _between(value.low and ago(value.low), value.high and ago(value.high), "<", ">")
    return _span(value)


def _span(value: Numbers | Days) -> tuple[str, str]:
    low, high = (None if end is None else str(end) for end in (value.low, value.high))
    return ("=", low) if low is not None and low == high else _between(low, high, "<=", ">=")


def _between(low: str | int | None, high: str | int | None, below: str, above: str) -> tuple[str, str]:
    if low is None:
        return below, str(high)
    return (above, str(low)) if high is None else ("=", f"{low}..{high}")


def ago(minutes: int) -> str:
    """A time as short as it can be said whole: `7d`, `36h`, `90min`."""
    count, unit = time_ago(minutes)
    return f"{count}{unit}"


def time_ago(minutes: int) -> tuple[int, str]:
    """How many of the longest unit that goes into it."""
    length, unit = next((length, unit) for length, unit in _UNITS if minutes % length == 0)
    return minutes // length, unit


def quoted(said: str) -> str:
    """A word, in quotes where it would be taken for something else without."""
    if is_plain(said) and said.casefold() not in SPECIAL_WORDS:
        return said
    escaped = said.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
