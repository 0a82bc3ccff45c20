"""Words and criteria for the tests about criteria."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from broadcast.criteria.contracts import Ago, Criteria, Days, Key, Numbers, Special, Term
from broadcast.criteria.keys import ALWAYS_KNOWN, KINDS, LIMITS, NAMED, Kind
from broadcast.criteria.tokens import clean, one_line
from broadcast.criteria.values import STREAM_MARKERS, things_of
from broadcast.criteria.vocabulary import Named, Vocabulary
from broadcast.criteria.writing import canonical

WORDS = Vocabulary(
    streams=(
        Named("hero-path", "Путь Героя", "Hero's Path"),
        Named("past-lives", "Прошлые Жизни", "Past Lives"),
        Named("open-heart", "Открытие Сердца, том 2", "Opening the Heart"),
        # Staff may call a stream whatever fits into a slug.
        Named("none", "Ничто", "Nothing"),
    )
)


def read(said: str) -> Criteria:
    from broadcast.criteria.parsing import parse  # noqa: PLC0415

    return parse(said, WORDS)


def _line(said: str) -> str:
    return one_line(clean(said))[:40].strip()


lines = st.text(max_size=12).map(_line).filter(lambda said: bool(said) and _line(said) == said)


def _ends(ends: st.SearchStrategy[Any], kind: Any, *, apart: bool = False) -> st.SearchStrategy[Any]:
    def is_range(pair: tuple[Any, Any]) -> bool:
        low, high = pair
        if low is None or high is None:
            return low is not high
        return bool(low < high if apart else low <= high)

    pairs = st.tuples(st.none() | ends, st.none() | ends).filter(is_range)
    return pairs.map(lambda pair: kind(*pair))


def _values(key: Key, name: str) -> st.SearchStrategy[Any]:
    kind = KINDS[key]
    specials: st.SearchStrategy[Any] = st.nothing() if key in ALWAYS_KNOWN else st.sampled_from(Special)
    if kind is Kind.CHOICE:
        return st.sampled_from([each.code for each in things_of(key, WORDS)]) | specials
    if kind is Kind.TEXT:
        return (st.just("hero-path") if name in STREAM_MARKERS else lines) | specials
    if kind is Kind.FLAG:
        return st.booleans()
    if kind is Kind.NUMBER:
        return _ends(st.integers(*LIMITS[key]), Numbers) | specials
    days = _ends(st.dates(date(2000, 1, 1), date(2100, 12, 31)), Days)
    return days | _ends(st.integers(1, 60 * 24 * 400), Ago, apart=True)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    key = draw(st.sampled_from(Key))
    name = ""
    if key is Key.READINESS:
        name = draw(st.sampled_from([each.code for each in WORDS.streams]))
    elif key in NAMED:
        name = draw(lines | st.sampled_from(sorted(STREAM_MARKERS)))
    values = draw(st.lists(_values(key, name), min_size=1, max_size=4))
    return Term(key, tuple(values), draw(st.booleans()), name)


criteria = (
    st.lists(terms(), max_size=8)
    .map(lambda found: Criteria(tuple(found)))
    .filter(lambda found: len(canonical(found)) <= 2000)
)
