"""A text read as criteria: all that was not understood is told at once."""

from __future__ import annotations

from broadcast.criteria.contracts import (
    LONGEST_TEXT,
    LONGEST_WORD,
    MOST_TERMS,
    MOST_VALUES,
    Criteria,
    Key,
    Term,
    Value,
)
from broadcast.criteria.errors import CriteriaError, Mistake
from broadcast.criteria.keys import KINDS, NAMED, WORDS, Kind, key_of
from broadcast.criteria.nearest import nearest_name, nearest_word
from broadcast.criteria.tokens import Sign, Token, clean, tokens
from broadcast.criteria.values import read_value
from broadcast.criteria.vocabulary import Vocabulary, code_of, fold
from broadcast.criteria.writing import canonical

# Nobody reads more of them at once.
_MOST_MISTAKES = 10
_WORDS = (Sign.WORD, Sign.QUOTED)


def parse(text: str, vocabulary: Vocabulary) -> Criteria:
    """The criteria that the text says; nothing but spaces is everybody. Raises CriteriaError with every mistake."""
    if len(text) > LONGEST_TEXT:
        rest = Mistake("too_long", "", LONGEST_TEXT, len(text), about=str(LONGEST_TEXT))
        raise CriteriaError(text=text, mistakes=[rest])
    said = clean(text)
    found, mistakes = tokens(said)
    reading = _Reading(said, vocabulary)
    # What stands before a quote that is not closed may be whole or not: that mistake alone is told.
    if found and not mistakes:
        reading.read(found)
    mistakes = [*mistakes, *reading.mistakes]
    criteria = Criteria(tuple(reading.terms))
    if not mistakes and (late := beyond_limits(criteria)):
        mistakes = [late]
    if mistakes:
        raise CriteriaError(text=said, mistakes=sorted(mistakes, key=_place)[:_MOST_MISTAKES])
    return criteria


def beyond_limits(criteria: Criteria) -> Mistake | None:
    """The mistake in criteria that could not be read back once they are written down."""
    if len(criteria.terms) > MOST_TERMS:
        return Mistake("too_many_terms", "", 0, 0, about=str(MOST_TERMS))
    if len(canonical(criteria)) > LONGEST_TEXT:
        return Mistake("too_long", "", 0, 0, about=str(LONGEST_TEXT))
    return None


class _Reading:
    """One text being read."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.terms: list[Term] = []
        self.mistakes: list[Mistake] = []
        self._text = text
        self._vocabulary = vocabulary

    def read(self, found: list[Token]) -> None:
        parts = split(found, Sign.AND)
        if len(parts) > MOST_TERMS:
            first = parts[MOST_TERMS]
            start = first[0].start if first else found[-1].start
            self._miss("too_many_terms", start, found[-1].end, about=str(MOST_TERMS))
            return
        for number, part in enumerate(parts):
            if part:
                self._term(part)
            else:
                # Shown at the comma before it, or at the first one.
                comma = [each for each in found if each.sign is Sign.AND][max(number - 1, 0)]
                self._miss("empty_term", comma.start, comma.end)
            if len(self.mistakes) >= _MOST_MISTAKES:
                return

    def _term(self, part: list[Token]) -> None:
        start, end = part[0].start, part[-1].end
        negations = next((at for at, each in enumerate(part) if each.sign is not Sign.NOT), len(part))
        is_negated, part = negations % 2 == 1, part[negations:]
        at = next((at for at, each in enumerate(part) if each.sign is Sign.OPERATOR), len(part))
        head, operator, tail = part[:at], part[at : at + 1], part[at + 1 :]
        named = self._key(head, start, has_operator=bool(operator))
        if named is None:
            return
        key, name = named
        if not operator:
            # A flag says enough by its name.
            if KINDS[key] is Kind.FLAG:
                self.terms.append(Term(key, (True,), is_negated, name, start, end))
            else:
                self._miss("operator_missing", start, end, nearest=f"{key}=", about=key)
            return
        compared = operator[0]
        if compared.text == "!=":
            is_negated = not is_negated
            compared = Token(Sign.OPERATOR, "=", compared.start, compared.end)
        values = self._values(key, name, compared, tail)
        if values:
            self.terms.append(Term(key, tuple(values), is_negated, name, start, end))

    def _key(self, head: list[Token], start: int, *, has_operator: bool) -> tuple[Key, str] | None:
        """The key and the name behind its dot; None after a mistake."""
        if not head:
            self._miss("key_missing", start, start + 1)
            return None
        first, rest = head[0], head[1:]
        said, dot, name = first.text.partition(".")
        key = key_of(said) if first.sign is Sign.WORD else None
        name, is_quoted = name.strip(), False
        if key in NAMED and dot and not name and [each.sign for each in rest] == [Sign.QUOTED]:
            name, is_quoted, rest = rest[0].text, True, []
        stray = next((each for each in rest if each.sign is not Sign.WORD), None)
        if stray is not None and stray.sign is not Sign.QUOTED:
            self._stray(stray)
        elif key is None or rest or (dot and key not in NAMED):
            self._unknown_key(head, said, has_operator=has_operator)
        elif key in NAMED and not name:
            self._miss("name_missing", first.start, head[-1].end, nearest=f"{key}.", about=key)
        else:
            return self._name(key, name, head, is_quoted=is_quoted)
        return None

    def _name(self, key: Key, name: str, head: list[Token], *, is_quoted: bool) -> tuple[Key, str] | None:
        start, end = head[0].start, head[-1].end
        if len(name) > LONGEST_WORD:
            self._miss("word_too_long", start, end, about=str(LONGEST_WORD))
            return None
        if key is not Key.READINESS:
            return key, name
        slug = code_of(name, self._vocabulary.streams)
        if slug is None:
            nearest = nearest_name(name, self._vocabulary.streams)
            start = head[-1].start if is_quoted else end - len(name)
            self._miss("unknown_value", start, end, nearest=nearest, about=Key.STREAMS)
            return None
        return key, slug

    def _unknown_key(self, head: list[Token], said: str, *, has_operator: bool) -> None:
        before = self.mistakes[-1].nearest if self.mistakes else ""
        if not has_operator and before.startswith('"') and fold(said) in fold(before):
            # The rest of a name with commas, which was suggested whole just now.
            return
        code = "unknown_key" if has_operator else "no_condition"
        self._miss(code, head[0].start, head[-1].end, nearest=nearest_word(said, WORDS))

    def _values(self, key: Key, name: str, compared: Token, tail: list[Token]) -> list[Value] | None:
        """The values behind an operator; None after a mistake."""
        parts = split(tail, Sign.OR)
        if len(parts) > MOST_VALUES:
            self._miss("too_many_values", compared.end, tail[-1].end, about=str(MOST_VALUES))
            return None
        values: list[Value] = []
        before = len(self.mistakes)
        for number, part in enumerate(parts):
            operator = compared if number == 0 else Token(Sign.OPERATOR, "=", compared.start, compared.end)
            if number and part and part[0].sign is Sign.OPERATOR:
                operator, part = part[0], part[1:]  # noqa: PLW2901 - a value may bring its own
            word = self._word(part, operator)
            if word is None:
                continue
            value = read_value(key, name, operator, word, self._vocabulary)
            if isinstance(value, Mistake):
                self._miss(value.code, value.start, value.end, nearest=value.nearest, about=value.about)
            else:
                values.append(value)
        return values if len(self.mistakes) == before else None

    def _word(self, part: list[Token], operator: Token) -> Token | None:
        """The one word that a value is; None after a mistake."""
        if operator.text == "!=":
            self._miss("negation_misplaced", operator.start, operator.end)
        elif not part:
            self._miss("value_missing", operator.start, operator.end)
        elif stray := next((each for each in part if each.sign not in _WORDS), None):
            self._stray(stray)
        elif len(part) > 1:
            self._miss("value_broken", part[0].start, part[-1].end)
        else:
            return part[0]
        return None

    def _stray(self, token: Token) -> None:
        """A sign where a word should stand."""
        codes = {Sign.OPERATOR: "comma_missing", Sign.NOT: "negation_misplaced", Sign.OR: "or_misplaced"}
        self._miss(codes[token.sign], token.start, token.end)

    def _miss(self, code: str, start: int, end: int, *, nearest: str = "", about: str = "") -> None:
        fragment = self._text[start:end][:LONGEST_WORD]
        self.mistakes.append(Mistake(code, fragment, start, end, nearest, about))


def split(found: list[Token], sign: Sign) -> list[list[Token]]:
    """What stands between these signs; one part more than there are signs."""
    parts: list[list[Token]] = [[]]
    for each in found:
        if each.sign is sign:
            parts.append([])
        else:
            parts[-1].append(each)
    return parts


def _place(mistake: Mistake) -> int:
    return mistake.start
