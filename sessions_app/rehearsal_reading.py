"""How the demo model reads: by finding and counting words. Pure, and the same for the same words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from journey.stages import StageCode
from sessions_app.rehearsal_book import Book, folded
from sessions_app.rendering import clean

# So much of what a person wrote is read for a reply; nobody is answered on page forty.
READ: Final = 2000
# With so many words or fewer there is nothing to quote.
BRIEF: Final = 2
WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

_LONGEST_QUOTE: Final = 90
_LONGEST_EVIDENCE: Final = 280
_STEM: Final = 5
_MOST_SENTENCES: Final = 400
_MOST_IN_A_MESSAGE: Final = 60
_PHRASE: Final = 2
_MOST_SIGNS: Final = 3
_MOST_EVIDENCE: Final = 3

_SENTENCE: Final = re.compile(r"[^.!?…\n]+")
_MARKUP: Final = re.compile(r"[*_~`\[\]{}<>|\\#«»“”\"⟦⟧]")
_EDGES: Final = " \t,;:-–—'()"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reply has to go by: a piece to quote, and of what sort the words are."""

    quote: str
    has_words: bool
    is_brief: bool
    asks: bool
    asks_who: bool
    in_pain: bool

    @classmethod
    def read(cls, new: Sequence[str], book: Book) -> Heard:
        text = clean("\n".join(each[-READ:] for each in new[-20:]))[-READ:].strip()
        low = folded(text)
        words = WORD.findall(text)
        return cls(
            quote=_quote(text, book) if len(words) > BRIEF else "",
            has_words=bool(words),
            is_brief=len(words) <= BRIEF,
            asks=text.endswith("?"),
            asks_who=book.human.search(low) is not None,
            in_pain=book.pain.search(low) is not None,
        )


@dataclass(frozen=True, slots=True)
class StageReading:
    """Where on the path the words sound from, how many signs of it there are, and the sentences that hold them.

    `share` is the part of all signs that speak for this stage, from 0 to 1.
    """

    stage: StageCode | None = None
    signs: int = 0
    share: float = 0.0
    sentences: tuple[str, ...] = ()


def read_stage(
    texts: Sequence[str], book: Book, *, without: Collection[str] = (), fade: float = 1.0
) -> StageReading:
    """The stage that most words speak of; a message weighs `fade` times the one after it.

    Among equals the one further along the path: who says that they want and do not dare stands at the refusal.
    """
    scores: dict[StageCode, float] = defaultdict(float)
    signs: Counter[StageCode] = Counter()
    held: dict[StageCode, list[tuple[int, str]]] = defaultdict(list)
    for place, text in enumerate(texts):
        weight = fade ** (len(texts) - 1 - place)
        for sentence in islice(sentences(text), _MOST_IN_A_MESSAGE):
            for stage, found in _signs_of_stages(folded(sentence), book):
                if stage in without:
                    continue
                scores[stage] += found * weight
                signs[stage] += found
                is_quotable = len(WORD.findall(sentence)) >= BRIEF
                held[stage].append((found, sentence if is_quotable else text.strip()))
    if not scores:
        return StageReading()
    order = list(StageCode)
    best = max(scores, key=lambda stage: (scores[stage], order.index(stage)))
    return StageReading(best, signs[best], scores[best] / sum(scores.values()), _strongest(held[best]))


def _signs_of_stages(low: str, book: Book) -> Iterator[tuple[StageCode, int]]:
    for code, (words, phrases) in book.stages.items():
        found = len(words.findall(low)) + _PHRASE * len(phrases.findall(low))
        if found:
            # Saying it over and over in one sentence does not make it truer.
            yield StageCode(code), min(found, _MOST_SIGNS)


def _strongest(held: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """The sentences with the most signs, of equals the latest; in the order in which they were said."""
    kept = [
        (found, place, text) for place, (found, text) in enumerate(held) if len(text) <= _LONGEST_EVIDENCE
    ]
    best = sorted(kept, reverse=True)[:_MOST_EVIDENCE]
    return tuple(dict.fromkeys(text for _, _, text in sorted(best, key=lambda each: each[1])))


@dataclass(frozen=True, slots=True)
class Character:
    """What counting words says about how a person takes the world in, and the words that it rests on."""

    psychotype: str
    evidence: tuple[str, ...]

    @classmethod
    def read(cls, texts: Sequence[str], book: Book) -> Character:
        words = WORD.findall(clean("\n".join(text[-READ:] for text in texts[-60:])).casefold())
        counted: dict[str, list[str]] = {}
        for name, stems in book.diagnostic["signs"].items():
            starts = tuple(stems)
            counted[name] = [word for word in words if word.startswith(starts)]
        # Among equals the first wins: max keeps the order of the book.
        psychotype = max(counted, key=lambda name: len(counted[name]))
        return cls(psychotype, tuple(dict.fromkeys(counted[psychotype]))[:3])


def sentences(text: str) -> Iterator[str]:
    """The sentences of what can be read of a text, as they were written."""
    return (found[0].strip() for found in _SENTENCE.finditer(clean(text[-READ:])) if found[0].strip())


def telling_sentences(texts: Sequence[str], book: Book) -> list[str]:
    """Up to three, the most telling first, free of markup."""
    scored: dict[str, float] = {}
    for text in texts:
        for each in sentences(text):
            sentence = _trimmed(each)
            if len(WORD.findall(sentence)) > BRIEF and len(scored) < _MOST_SENTENCES:
                weight = len(book.telling.findall(folded(sentence))) + len(sentence) / 100
                scored.setdefault(sentence, weight)
    return sorted(scored, key=lambda sentence: -scored[sentence])[:3]


def repeated_words(texts: Sequence[str], book: Book) -> list[tuple[str, int]]:
    """Up to five words of content that come more than once, in the form that comes most, and how often."""
    forms: dict[str, Counter[str]] = {}
    for text in texts:
        for word in WORD.findall(text.casefold()):
            if len(word) > 2 and word not in book.stop:
                forms.setdefault(word[:_STEM], Counter())[word] += 1
    often = [(counter.most_common(1)[0][0], counter.total()) for counter in forms.values()]
    often = [(word, count) for word, count in often if count > 1]
    return sorted(often, key=lambda each: (-each[1], each[0]))[:5]


def is_pain(texts: Sequence[str], book: Book) -> bool:
    """Whether any of it sounds like pain."""
    return any(book.pain.search(folded(text[-READ:])) for text in texts)


def lightness(texts: Sequence[str], book: Book) -> int:
    """From −100, all shadow, to 100, all light."""
    low = folded("\n".join(texts))
    light, shadow = len(book.light.findall(low)), len(book.shadow.findall(low))
    return round(100 * (light - shadow) / (light + shadow)) if light + shadow else 0


def _quote(text: str, book: Book) -> str:
    """The most telling sentence, short enough and free of anything that markup could make something of."""
    best, most = "", -1.0
    for found in _SENTENCE.finditer(text):
        sentence = found[0]
        score = len(book.telling.findall(folded(sentence))) + min(len(sentence), _LONGEST_QUOTE) / 60
        if score >= most and WORD.search(sentence):
            best, most = sentence, score
    return _trimmed(best)


def _trimmed(sentence: str) -> str:
    quote = " ".join(_MARKUP.sub(" ", sentence).split()).strip(_EDGES)
    if len(quote) <= _LONGEST_QUOTE:
        return quote
    head = quote[: _LONGEST_QUOTE - 1]
    at = head.rfind(" ", _LONGEST_QUOTE // 2)
    return (head[:at] if at > 0 else head).rstrip(_EDGES) + "…"
