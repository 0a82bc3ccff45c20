"""What a person really said, for the quotes that a model gives."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sessions_app.rendering import clean

LONGEST_QUOTE: Final = 300
_FEWEST_WORDS: Final = 2
# Of a quote so much is read; nobody is quoted by the page.
_READ: Final = 2000
# How far back the beginning of a quote with an ellipsis is looked for, once its end is found.
_NEARBY: Final = 2000

# A word goes on over accents, soft hyphens and marks of direction.
_JOINERS: Final = "\u0300-\u036f\u00ad\u061c\u200b-\u200f\u2060-\u2064"
_WORD: Final = re.compile(rf"[^\W_]+(?:[{_JOINERS}]+[^\W_]*)*")
_INVISIBLE: Final = re.compile(rf"[{_JOINERS}]")
_ELLIPSIS: Final = re.compile(r"…|\.{2,}")
_EDGE: Final = "\n"


def said(quote: str, texts: Sequence[str]) -> str | None:
    """The words of the texts that the quote refers to, exactly as they stand there; None if nobody said them.

    Capitals, ё, punctuation and whitespace may differ, and an ellipsis may leave words out; words may not.
    At most `LONGEST_QUOTE` characters, whole words. One word alone is no quote unless it is all of a text.
    """
    return Spoken.of(texts).find(quote)


@dataclass(frozen=True, slots=True)
class _Text:
    """One text, its words folded into a line with `_EDGE` around each, and where they stand in both."""

    text: str
    folded: str
    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, raw: str) -> _Text:
        text = clean(raw)
        words, starts, spans, at = [], [], [], 0
        for word, start, end in _words(text):
            words.append(word)
            starts.append(at)
            spans.append((start, end))
            at += len(word) + 1
        return cls(text, _line(words), tuple(starts), tuple(spans))

    def find(self, parts: Sequence[str]) -> str | None:
        """The stretch that holds the parts in their order, each of them unbroken."""
        found: list[tuple[int, int]] = []
        at = 0
        for part in parts:
            start = self.folded.find(part, at)
            if start < 0:
                return None
            # The edge after this part is the edge before the next.
            at = start + len(part) - 1
            found.append((start, at))
        # The parts may lie closer together than where they were found first.
        begin = found[-1][0]
        for part in reversed(parts[:-1]):
            begin = self.folded.rfind(part, max(0, begin - _NEARBY), begin + 1)
            if begin < 0:
                begin = found[0][0]
                break
        first, last = self._word_at(begin), self._word_at(at - 1)
        return _whole_words(self.text, self.spans[first : last + 1])

    def _word_at(self, place: int) -> int:
        return bisect_right(self.starts, place) - 1


@dataclass(frozen=True, slots=True)
class Spoken:
    """Texts of a person, read once to look up many quotes."""

    texts: tuple[_Text, ...]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Spoken:
        """The texts as they can be looked up."""
        return cls(tuple(_Text.of(each) for each in texts))

    def find(self, quote: str) -> str | None:
        """As `said`."""
        read = clean(quote[:_READ])
        words = [word for word, _, _ in _words(read)]
        if len(quote) > _READ:
            # The last word may have lost its end.
            words = words[:-1]
        if not words:
            return None
        whole = _line(words)
        if len(words) < _FEWEST_WORDS:
            return next((each.find([whole]) for each in self.texts if each.folded == whole), None)
        return self._first([whole]) or self._with_gaps(read)

    def _with_gaps(self, read: str) -> str | None:
        parts = [[word for word, _, _ in _words(part)] for part in _ELLIPSIS.split(read)]
        parts = [part for part in parts if part]
        # A lone word is found behind any gap: it proves nothing.
        if len(parts) < 2 or any(len(part) < _FEWEST_WORDS for part in parts):
            return None
        return self._first([_line(part) for part in parts])

    def _first(self, parts: Sequence[str]) -> str | None:
        return next((found for each in self.texts if (found := each.find(parts)) is not None), None)


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """The words as they are compared, and where they stand in the text."""
    low = text.casefold()
    if len(low) == len(text) and unicodedata.is_normalized("NFKC", text) and not _INVISIBLE.search(text):
        # Nothing changed its length: one look at the whole does for all words.
        low = low.replace("ё", "е")
        yield from ((found[0], found.start(), found.end()) for found in _WORD.finditer(low))
        return
    for found in _WORD.finditer(text):
        yield _folded(found[0]), found.start(), found.end()


def _folded(word: str) -> str:
    composed = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return _INVISIBLE.sub("", composed)


def _line(words: Sequence[str]) -> str:
    return _EDGE + _EDGE.join(words) + _EDGE if words else ""


def _whole_words(text: str, spans: Sequence[tuple[int, int]]) -> str | None:
    start = spans[0][0]
    end = max((end for _, end in spans if end - start <= LONGEST_QUOTE), default=0)
    return text[start:end] if end else None
