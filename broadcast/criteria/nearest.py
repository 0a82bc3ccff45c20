"""What was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from broadcast.criteria.vocabulary import Named, fold

_LONGEST = 60
_LIKE_ENOUGH = 0.6


def nearest_word(said: str, words: Iterable[str]) -> str:
    """The word that comes nearest, "" where none comes near."""
    by_fold: dict[str, str] = {}
    for word in words:
        by_fold.setdefault(fold(word), word)
    close = get_close_matches(fold(said[:_LONGEST]), by_fold, n=1, cutoff=_LIKE_ENOUGH)
    return by_fold[close[0]] if close else ""


def nearest_name(said: str, things: Iterable[Named]) -> str:
    """The word for one of these things that comes nearest, in the language in which it was said."""
    words = [word for each in things for word in each.words() if len(word) > 1]
    # Without quotes a name ends at its first comma.
    cut = {fold(word.partition(",")[0]): f'"{word}"' for word in words if "," in word}
    return cut.get(fold(said)) or nearest_word(said, words)
