"""What the demo model finds out about people: it looks for words, and quotes only what was said.

Deterministic: the same words give the same findings. The words and lines are in `texts/rehearsal.*.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from journey.stages import Stage
from llm.contracts import Rehearsal
from sessions_app.analysis.contracts import ActLine
from sessions_app.analysis.fact_values import fact_value
from sessions_app.analysis.listings import words_of
from sessions_app.companion import StageBook, StreamBook, StreamCard
from sessions_app.records import Said
from sessions_app.rehearsal_book import Book, any_of, book_of, folded
from sessions_app.rehearsal_reading import (
    BRIEF,
    READ,
    WORD,
    Character,
    is_pain,
    lightness,
    read_stage,
    repeated_words,
    sentences,
    telling_sentences,
)
from sessions_app.rendering import clean

# Where somebody stands shows in their latest words, and most in the last of them.
_LATEST: Final = 8
_FADE: Final = 0.8
_MOST_READ: Final = 60
_MOST_SHOWN: Final = 3
_LONG_WORD: Final = 5
# The percent that each sign of readiness adds.
_BY_WORD, _BY_STAGE, _BY_PASSED, _BY_TALK = 12, 20, 5, 15
_LEAST, _MOST, _MOST_IN_PAIN = 5, 95, 15
_ASIDE: Final = re.compile(r"/\w")
_SENTENCE_END: Final = re.compile(r"[.!?…]+(?=\s|$)|\n")


def stage_rehearsal(
    *, history: Sequence[Said], stages: StageBook, disputed: Collection[str], language: str
) -> Rehearsal:
    """The stage that the latest words speak of, with the sentences they stand in; values for `StageJudgement`.

    A stage of which the person said that it is not theirs is not named again.
    """
    book = book_of(language)
    found = read_stage(_said(history)[-_LATEST:], book, without=frozenset(disputed), fade=_FADE)
    if found.stage is None:
        why = book.analysis["why_nothing"]
    else:
        why = book.analysis["why"].replace("{stage}", stages.stage(found.stage, language).name)
    return _rehearsal(
        book,
        quotes=list(found.sentences),
        why=why,
        stage=found.stage,
        confidence=_confidence(found.signs, found.share),
    )


def facts_rehearsal(
    *, history: Sequence[Said], known: Sequence[tuple[str, str]], language: str, most: int
) -> Rehearsal:
    """What was told in so many words, the latest of each kind last; values for `FactsFound`."""
    book = book_of(language)
    told = {(kind, value.casefold()) for kind, value in known}
    facts: dict[tuple[str, str], dict[str, str]] = {}
    for text in _said(history)[-_MOST_READ:]:
        for kind, value, sentence in _told(text, book):
            if (kind, value.casefold()) not in told:
                facts[kind, value.casefold()] = {"kind": kind, "value": value, "sentence": sentence}
    return _rehearsal(book, facts=list(facts.values())[-most:])


def portrait_rehearsal(
    *, acts: Sequence[ActLine], posts: Sequence[str], streams: StreamBook, old: str, language: str
) -> Rehearsal:
    """A portrait of repeated words and telling sentences; values for `Portrait`, blank where nothing was said."""
    book = book_of(language)
    texts = _read(words_of(acts, posts))
    if not any(len(WORD.findall(text)) > BRIEF for text in texts):
        return _rehearsal(book, psychological_summary="")
    lines = book.analysis["portrait"]
    themes = [word for word, _ in repeated_words(texts, book)]
    new = [word for word in themes if folded(word) not in folded(old)]
    character = Character.read(texts, book)
    name = book.diagnostic["names"][character.psychotype]
    told = [lines["opening"]]
    quotes = telling_sentences(texts, book)
    if quotes:
        told.append(lines["said"].replace("{quotes}", _quoted(quotes, book)))
    if themes:
        told.append(lines["themes"].replace("{words}", _quoted(themes, book)))
    if character.evidence:
        told.append(lines["character"].replace("{psychotype}", name))
    light = lightness(texts, book)
    told.append(lines["light"][1 + (light > 0) - (light < 0)])
    changed = lines["changed"].replace("{words}", _quoted(new, book)) if new else lines["same"]
    return _rehearsal(
        book,
        psychological_summary=" ".join(told),
        what_changed=changed if old else lines["first"],
        interests=_interests(texts, book),
        chat_style=_style(texts, lines["style"]),
        personality=name if character.evidence else "",
        streams=[] if is_pain(texts[-_LATEST:], book) else _spoken_of(texts, streams, book),
    )


def readiness_rehearsal(
    *,
    acts: Sequence[ActLine],
    streams: StreamBook,
    at: Stage,
    completed: Collection[str],
    language: str,
) -> Rehearsal:
    """Readiness by the words of each programme, the stage, and how much was said; values for `ReadinessFound`."""
    book = book_of(language)
    texts = _read(words_of(acts))
    in_pain = is_pain(texts[-_LATEST:], book)
    found = [
        _readiness(card, texts, book, at=at, completed=completed, in_pain=in_pain)
        for card in streams.streams(language)
    ]
    return _rehearsal(book, streams=found)


def _rehearsal(book: Book, **structured: object) -> Rehearsal:
    return Rehearsal(lines=(), turn=0, language=book.language, structured=structured)


def _said(history: Sequence[Said]) -> list[str]:
    return _read([text for role, text in history if role == "user"])


def _read(texts: Sequence[str]) -> list[str]:
    """What of it are words, as far as it can be read: a command is none."""
    read = (clean(text[-READ:]).strip() for text in texts)
    return [text for text in read if text and not _ASIDE.match(text)]


def _confidence(signs: int, share: float) -> float:
    """More signs, and more of them for one stage, make it likelier; counting words is never sure."""
    return round(min(0.9, 0.45 + 0.1 * min(signs, 5)) * (0.6 + 0.4 * share), 2) if signs else 0.0


def _told(text: str, book: Book) -> Iterator[tuple[str, str, str]]:
    """Kind, value and sentence of each fact in a text, in the order in which they were told."""
    found = [(each.start(), kind, each) for kind, pattern in book.facts for each in pattern.finditer(text)]
    for _, kind, each in sorted(found, key=lambda one: one[0]):
        sentence = _sentence_around(text, each.start(), each.end())
        for told_kind, told_value in _places(kind, each[1], book):
            value = fact_value(told_kind, told_value, sentence)
            if value is not None:
                yield told_kind, value, sentence


def _sentence_around(text: str, start: int, end: int) -> str:
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    begin = max((at for at in ends if at <= start), default=0)
    close = min((at for at in ends if at >= end), default=len(text))
    return text[begin:close].strip()


def _places(kind: str, value: str, book: Book) -> list[tuple[str, str]]:
    """The fact as it was told; a city that the book knows by its name, and its time zone with it."""
    if kind == "location":
        for stem, (name, zone) in book.analysis["places"].items():
            if folded(value).startswith(stem):
                return [(kind, name), ("timezone", zone)]
    return [(kind, value)]


def _quoted(words: Sequence[str], book: Book) -> str:
    return ", ".join(book.analysis["portrait"]["quoted"].replace("{quote}", word) for word in words)


def _interests(texts: Sequence[str], book: Book) -> list[str]:
    patterns = [pattern for kind, pattern in book.facts if kind == "interest"]
    return [found[1] for text in texts for pattern in patterns for found in pattern.finditer(text)]


def _style(texts: Sequence[str], lines: Sequence[str]) -> str:
    each = sum(len(WORD.findall(text)) for text in texts) / len(texts)
    return lines[0 if each < 8 else 1 if each < 40 else 2]


def _spoken_of(texts: Sequence[str], streams: StreamBook, book: Book) -> list[str]:
    counted = {card.slug: len(_signs(card, texts, book)) for card in streams.streams(book.language)}
    often = sorted((slug for slug, count in counted.items() if count > 1), key=lambda slug: -counted[slug])
    return often[:2]


def _readiness(
    card: StreamCard,
    texts: Sequence[str],
    book: Book,
    *,
    at: Stage,
    completed: Collection[str],
    in_pain: bool,
) -> dict[str, object]:
    lines = book.analysis["readiness"]
    signs = _signs(card, texts, book)
    fitting = lines["streams"].get(card.slug, {}).get("stages", ())
    points = (
        _LEAST
        + min(4, len(signs)) * _BY_WORD
        + (_BY_STAGE if at.code in fitting else 0)
        + _BY_PASSED * len(set(completed).intersection(fitting))
        + (min(_BY_TALK, len(texts)) if signs else 0)
    )
    if in_pain:
        reason = lines["pain"]
    elif signs:
        reason = lines["words"].replace("{words}", _quoted(list(signs)[:_MOST_SHOWN], book))
    elif at.code in fitting:
        reason = lines["stage"].replace("{stage}", at.name)
    else:
        reason = lines["little"]
    return {
        "stream": card.slug,
        "quote": next((quote for quote in signs.values() if len(WORD.findall(quote)) > 1), ""),
        "reason": reason,
        "percent": min(_MOST_IN_PAIN if in_pain else _MOST, points),
    }


def _signs(card: StreamCard, texts: Sequence[str], book: Book) -> dict[str, str]:
    """The different words that speak of a programme, and the latest sentence in which each stands."""
    pattern = book.streams.get(card.slug) or _own_words(card, book)
    signs: dict[str, tuple[str, str]] = {}
    for text in reversed(texts[-_MOST_READ:]):
        for sentence in sentences(text):
            for word in WORD.findall(sentence):
                if found := pattern.match(folded(word)):
                    signs.setdefault(found[0], (word.casefold(), sentence))
    return dict(signs.values())


def _own_words(card: StreamCard, book: Book) -> re.Pattern[str]:
    """A programme of which the book knows nothing is known by the long words of its own description."""
    words = WORD.findall(folded(f"{card.name} {card.description}"))
    stems = {word[:_LONG_WORD] for word in words if len(word) >= _LONG_WORD and word not in book.stop}
    return any_of(sorted(stems))
