"""Criteria as the fields of a form, and back. What no field can show stands as text in `more`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from broadcast.criteria.contracts import Ago, Criteria, Days, Key, Numbers, Special, Term
from broadcast.criteria.errors import CriteriaError, Mistake
from broadcast.criteria.keys import KINDS, Kind
from broadcast.criteria.parsing import beyond_limits, parse
from broadcast.criteria.vocabulary import Vocabulary
from broadcast.criteria.writing import ago, canonical, canonical_values, quoted

# `<key>`: codes, with "none" and "*"; `<key>_not`.
CHOICES: Final = tuple(key for key in Key if KINDS[key] is Kind.CHOICE)
# `<key>`: "yes", "no" or "".
FLAGS: Final = tuple(key for key in Key if KINDS[key] is Kind.FLAG)
# `<key>_from`, `<key>_until`, `<key>_not`; readiness has `readiness_stream` besides.
RANGES: Final = tuple(key for key in Key if KINDS[key] in (Kind.NUMBER, Kind.MOMENT))
# `<key>`: values as in the language, `a|"b, c"`; `<key>_not`; markers have `markers_name` besides.
TEXTS: Final = (Key.SOURCE, Key.MARKERS)
# What the name behind the dot is called in the form.
NAMES: Final[Mapping[Key, str]] = {Key.READINESS: "readiness_stream", Key.MARKERS: "markers_name"}
MORE: Final = "more"
_SPECIALS: Final = frozenset(special.value for special in Special)

Fields = dict[str, str | bool | list[str]]


def to_fields(criteria: Criteria) -> Fields:
    """The criteria as fields; all fields are there, empty where nothing is asked."""
    fields = empty_fields()
    more: list[Term] = []
    taken: set[Key] = set()
    for term in criteria.terms:
        shown = None if term.key in taken else _shown(term)
        if shown is None:
            more.append(term)
        else:
            taken.add(term.key)
            fields |= shown
    fields[MORE] = canonical(Criteria(tuple(more)))
    return fields


def from_fields(fields: Mapping[str, object], vocabulary: Vocabulary) -> Criteria:
    """The criteria that a form says; fields may be missing. Raises CriteriaError, each mistake with its `field`."""
    terms: list[Term] = []
    mistakes: list[Mistake] = []
    asked = [said for key in Key if (said := _said(key, fields)) is not None]
    for key, field, text in [*asked, (None, MORE, _text(fields, MORE))]:
        try:
            read = parse(text, vocabulary).terms
        except CriteriaError as error:
            mistakes += (replace(each, field=field) for each in error.mistakes)
            continue
        if key is None or [each.key for each in read] == [key]:
            terms += read
        else:
            # More than one condition: somebody wrote a comma into a field.
            mistakes.append(Mistake("field_broken", text, 0, len(text), about=key, field=field))
    criteria = Criteria(tuple(terms))
    if not mistakes and (late := beyond_limits(criteria)):
        mistakes.append(replace(late, field=MORE))
    if mistakes:
        raise CriteriaError(text=_text(fields, MORE), mistakes=mistakes)
    return criteria


def empty_fields() -> Fields:
    """The form of no conditions."""
    fields: Fields = {MORE: ""}
    for key in CHOICES:
        fields |= {key.value: [], f"{key}_not": False}
    for key in FLAGS:
        fields[key.value] = ""
    for key in RANGES:
        fields |= {f"{key}_from": "", f"{key}_until": "", f"{key}_not": False}
    for key in TEXTS:
        fields |= {key.value: "", f"{key}_not": False}
    for name in NAMES.values():
        fields[name] = ""
    return fields


def _shown(term: Term) -> Fields | None:
    """The fields of a condition; None where no field can show it."""
    kind = KINDS[term.key]
    shown: Fields | None
    if kind is Kind.FLAG:
        # With both answers, or with neither, no single one can be chosen.
        answer = term.values[0] if len(term.values) == 1 else None
        return {term.key.value: "yes" if answer else "no"} if isinstance(answer, bool) else None
    if kind is Kind.CHOICE:
        shown = _choices(term)
    elif kind is Kind.TEXT:
        shown = {term.key.value: canonical_values(term.values).removeprefix("=")}
    else:
        shown = _ends(term)
    if shown is None:
        return None
    named: Fields = {NAMES[term.key]: term.name} if term.key in NAMES else {}
    return {**shown, **named, f"{term.key}_not": term.is_negated}


def _choices(term: Term) -> Fields | None:
    # A thing whose code is "none" would be taken for nothing.
    if any(isinstance(value, str) and value in _SPECIALS for value in term.values):
        return None
    return {
        term.key.value: [value.value if isinstance(value, Special) else str(value) for value in term.values]
    }


def _ends(term: Term) -> Fields | None:
    if len(term.values) > 1:
        return None
    value = term.values[0]
    if isinstance(value, Ago):
        ends = ["" if end is None else ago(end) for end in (value.low, value.high)]
    elif isinstance(value, Numbers | Days):
        ends = ["" if end is None else str(end) for end in (value.low, value.high)]
    else:
        return None
    return {f"{term.key}_from": ends[0], f"{term.key}_until": ends[1]}


def _said(key: Key, fields: Mapping[str, object]) -> tuple[Key, str, str] | None:
    """A key, the field that it is asked in, and the condition as text; None where nothing is asked."""
    name = _text(fields, NAMES[key]) if key in NAMES else ""
    compared = _compared(key, fields)
    if not compared and not name:
        return None
    negation = "!" if fields.get(f"{key}_not") else ""
    field = f"{key}_from" if key in RANGES else key.value
    # A name without values is a mistake that the language tells of: nothing asked would be everybody.
    return key, field, f"{negation}{key}{f'.{quoted(name)}' if name else ''}{compared}"


def _compared(key: Key, fields: Mapping[str, object]) -> str:
    if key in RANGES:
        low, high = _text(fields, f"{key}_from"), _text(fields, f"{key}_until")
        if low and high:
            return f"={low}..{high}"
        return f">={low}" if low else f"<={high}" if high else ""
    if key in TEXTS:
        values = _text(fields, key)
        return f"={values}" if values else ""
    chosen = fields.get(key, "")
    codes = [chosen] if isinstance(chosen, str) else list(chosen) if isinstance(chosen, Sequence) else []
    words = [each if each in _SPECIALS else quoted(each) for each in map(str, codes) if each]
    return f"={'|'.join(words)}" if words else ""


def _text(fields: Mapping[str, object], name: str) -> str:
    said = fields.get(name)
    return "" if said is None else str(said).strip()
