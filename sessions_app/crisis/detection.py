"""Signs that a person is in danger, found in their words before any coach answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sessions_app.crisis.kinds import CrisisKind, CrisisSign
from sessions_app.crisis.rules import STEM_KEY, Pattern, catalogue
from sessions_app.crisis.words import words_of

_URGENCY: Final = {kind: order for order, kind in enumerate(CrisisKind)}

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


def detect(text: str, language: str) -> CrisisSign | None:
    """The most urgent sign in this text, or None. Rules of all languages apply; people mix them.

    Takes time linear in the length of the text, whatever the text.
    """
    words = words_of(text, cyrillic_first=language == "ru")
    if not words:
        return None
    heard = _hear(words)
    if not heard.hits and not heard.spelt:
        return None
    found = list(_signs(heard))
    return min(found, key=lambda sign: _URGENCY[sign.kind]) if found else None


@dataclass(frozen=True, slots=True)
class _Heard:
    """A text in one shape, where the words stand that call for a look, and whether any was spelt out."""

    text: str
    hits: Mapping[int, list[int]]
    spelt: bool


def _hear(words: list[str]) -> _Heard:
    rules = catalogue()
    hits: dict[int, list[int]] = {}
    position = 3
    for word in words:
        called = rules.by_word.get(word, ())
        if word[:STEM_KEY] in rules.by_stem:
            stems = rules.by_stem[word[:STEM_KEY]]
            called = (*called, *(number for stem, number in stems if word.startswith(stem)))
        for number in called:
            places = hits.setdefault(number, [])
            if len(places) < _MOST_LOOKS and (not places or position - places[-1] > _REACH // 2):
                places.append(position)
        position += len(word) + 1
    return _Heard(f" . {' '.join(words)} . ", hits, _spelt_out(words))


def _spelt_out(words: list[str]) -> bool:
    """Whether the gravest words are there letter by letter or torn apart: "с у и ц и д", "само-убийство"."""
    joined = "".join(words).replace(".", "").replace(",", "")
    if any(stem in joined and not any(stem in word for word in words) for stem in _TORN):
        return True
    if sum(len(word) == 1 for word in words) < _SPELT_OUT:
        return False
    run: list[str] = []
    for word in (*words, "<end>"):
        if len(word) > 1:
            if len(run) >= _SPELT_OUT and any(stem in "".join(run) for stem in _SPELT):
                return True
            run.clear()
        elif word not in ".,":
            run.append(word)
    return False


def _signs(heard: _Heard) -> Iterator[CrisisSign]:
    if heard.spelt:
        yield CrisisSign(CrisisKind.SELF_HARM, "any.self_harm.spelt")
    for number, places in heard.hits.items():
        pattern = catalogue().patterns[number]
        if any(_sees(pattern, heard.text, place) for place in places):
            yield CrisisSign(pattern.kind, pattern.rule)


def _sees(pattern: Pattern, text: str, place: int) -> bool:
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
