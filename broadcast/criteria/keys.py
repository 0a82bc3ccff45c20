"""What can be asked, how it is compared, and what else it is called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from broadcast.criteria.contracts import Key
from broadcast.criteria.vocabulary import fold


class Kind(StrEnum):
    """How the values of a key are read."""

    CHOICE = "choice"  # one of the vocabulary
    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    MOMENT = "moment"


KINDS: Final[Mapping[Key, Kind]] = {
    Key.GENDER: Kind.CHOICE,
    Key.AGE: Kind.NUMBER,
    Key.LANGUAGE: Kind.CHOICE,
    Key.SOURCE: Kind.TEXT,
    Key.JOURNEY_STAGE: Kind.CHOICE,
    Key.STREAMS: Kind.CHOICE,
    Key.READINESS: Kind.NUMBER,
    Key.MARKERS: Kind.TEXT,
    Key.HAS_STARTED_JOURNEY: Kind.FLAG,
    Key.HAS_COMPLETED_JOURNEY: Kind.FLAG,
    Key.HAS_VISITED_PLATFORM: Kind.FLAG,
    Key.HAS_PURCHASED_STREAM: Kind.FLAG,
    Key.REGISTERED: Kind.MOMENT,
    Key.LAST_SEEN: Kind.MOMENT,
    Key.IS_ACTIVE: Kind.FLAG,
}
# What is asked of one thing of many: `markers.city`, `readiness.hero-path`.
NAMED: Final = frozenset({Key.MARKERS, Key.READINESS})
# What everybody has: neither `none` nor `*` would tell anybody apart.
ALWAYS_KNOWN: Final = frozenset({Key.LANGUAGE, Key.REGISTERED, Key.LAST_SEEN})
# The least and the greatest number that makes sense.
LIMITS: Final[Mapping[Key, tuple[int, int]]] = {Key.AGE: (0, 120), Key.READINESS: (0, 100)}

_ALSO: Final[Mapping[str, Key]] = {
    "sex": Key.GENDER,
    "пол": Key.GENDER,
    "возраст": Key.AGE,
    "lang": Key.LANGUAGE,
    "язык": Key.LANGUAGE,
    "источник": Key.SOURCE,
    "stage": Key.JOURNEY_STAGE,
    "стадия": Key.JOURNEY_STAGE,
    "этап": Key.JOURNEY_STAGE,
    "stream": Key.STREAMS,
    "программа": Key.STREAMS,
    "программы": Key.STREAMS,
    "поток": Key.STREAMS,
    "потоки": Key.STREAMS,
    "готовность": Key.READINESS,
    "marker": Key.MARKERS,
    "маркер": Key.MARKERS,
    "маркеры": Key.MARKERS,
    "active": Key.IS_ACTIVE,
}
WORDS: Final[Mapping[str, Key]] = {**{fold(key): key for key in Key}, **_ALSO}


def key_of(said: str) -> Key | None:
    """The key that is called so."""
    return WORDS.get(fold(said))
