"""How long answers took, in classes: counts of several bots and days can be added up, percentiles cannot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

# Seconds; a class lies between two of them, the last is open.
BOUNDS: Final = (
    0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0, 30.0, 45.0,
    60.0, 90.0, 120.0, 300.0,
)  # fmt: skip
CLASSES: Final = len(BOUNDS) + 1
_EDGES: Final = (0.0, *BOUNDS, BOUNDS[-1])


def in_classes(found: Mapping[str, int]) -> list[int]:
    """Counts by the number of their class, as PostgreSQL's `width_bucket` numbers them, as a list of all classes."""
    return [found.get(str(number), 0) for number in range(CLASSES)]


def added(several: Iterable[Sequence[int]]) -> list[int]:
    """Counts of several bots or days as one; what another version kept in other classes is left out."""
    total = [0] * CLASSES
    for each in several:
        if len(each) == CLASSES:
            total = [a + b for a, b in zip(total, each, strict=True)]
    return total


def percentile(counts: Sequence[int], share: float) -> float | None:
    """The seconds within which this share of the answers came, straight within a class; None without answers."""
    total = sum(counts)
    if not total:
        return None
    rank, before = share * total, 0
    for count, (low, high) in zip(counts, pairwise(_EDGES), strict=True):
        if count and before + count >= rank:
            return low + (high - low) * max(0.0, rank - before) / count
        before += count
    return BOUNDS[-1]
