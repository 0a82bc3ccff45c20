"""What a person really said, for the quotes that a model gives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
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
    """One text, and its words as they are compared, on one line with `_EDGE` around each."""

    text: str
    folded: str

    @classmethod
    def of(cls, raw: str) -> _Text:
        text = clean(raw)
        return cls(text, _line(_words(text)))

    def find(self, parts: Sequence[str]) -> str | None:
        """The stretch that holds the parts in their order, each of them unbroken."""
        starts: list[int] = []
        end = 0
        for part in parts:
            start = self.folded.find(part, end)
            if start < 0:
                return None
            # The edge after this part is the edge before the next.
            end = start + len(part) - 1
            starts.append(start)
        # They were found where they come first, and may lie closer together further on.
        begin = starts[-1]
        for part, start in zip(reversed(parts[:-1]), reversed(starts[:-1]), strict=True):
            begin = max(start, self.folded.rfind(part, max(0, begin - _NEARBY), begin + 1))
        first = self.folded.count(_EDGE, 0, begin)
        return self._shown(first, self.folded.count(_EDGE, begin, end))

    def _shown(self, first: int, count: int) -> str | None:
        """So many words of the text from the `first` on, as far as they make a quote."""
        words = islice(_WORD.finditer(self.text), first, first + count)
        start = end = 0
        for place, word in enumerate(words):
            start = start if place else word.start()
            if word.end() - start > LONGEST_QUOTE:
                break
            end = word.end()
        return self.text[start:end] if end else None


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
        words = _words(read)
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
        parts = [words for words in map(_words, _ELLIPSIS.split(read)) if words]
        # A lone word is found behind any gap: it proves nothing.
        if len(parts) < 2 or any(len(part) < _FEWEST_WORDS for part in parts):
            return None
        return self._first([_line(part) for part in parts])

    def _first(self, parts: Sequence[str]) -> str | None:
        return next((found for each in self.texts if (found := each.find(parts)) is not None), None)


def _words(text: str) -> list[str]:
    """The words as they are compared."""
    low = text.casefold()
    if len(low) == len(text) and unicodedata.is_normalized("NFKC", text) and not _INVISIBLE.search(text):
        # Nothing in it has to be looked at word by word.
        return _WORD.findall(low.replace("ё", "е"))
    return [_folded(word) for word in _WORD.findall(text)]


def _folded(word: str) -> str:
    composed = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return _INVISIBLE.sub("", composed)


def _line(words: Sequence[str]) -> str:
    return _EDGE + _EDGE.join(words) + _EDGE if words else ""
