"""Texts tried against each other: who gets which, which did better, and how sure that is. Pure.

How sure: what each arm's true rate may be is a Beta distribution, (1 + successes, 1 + failures) from a uniform
prior, and the confidence is the probability that the best arm's rate is above the second's. It needs no smallest
sample to be right, unlike a z-test. It is summed in closed form (Evan Miller, "Formulas for Bayesian A/B Testing",
2015, equation 6) over the smallest of the four parameters; beyond 10,000 terms the two distributions are as good as
normal and are compared as such. The interval is Wilson's (1927), with 95 %.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import erfc, exp, lgamma, log, sqrt
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

# With fewer in an arm, or fewer successes in all, chance decides.
FEWEST_SENT: Final = 30
FEWEST_SUCCESSES: Final = 5
LIKELY: Final = 0.8
SURE: Final = 0.95
BUCKETS: Final = 10_000

_Z: Final = 1.959963984540054
_MOST_TERMS: Final = 10_000
_WORDS: Final = Path(__file__).with_name("texts") / "comparison.toml"


class Note(StrEnum):
    """What can be said of a comparison at all."""

    NOTHING_SENT = "nothing_sent"
    ALONE = "alone"
    TOO_FEW = "too_few"
    EVEN = "even"
    LIKELY = "likely"
    SURE = "sure"


@dataclass(frozen=True, slots=True)
class Arm:
    """What became of those who got one variant: people, each counted once."""

    label: str
    sent: int
    replied: int
    clicked: int


@dataclass(frozen=True, slots=True)
class ArmRate:
    """One arm's share of successes, 0..1, and the 95 % interval in which the true one lies."""

    label: str
    sent: int
    successes: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which arm did best.

    `best` is None while there is nothing to choose by; `confidence` (0..1) is the probability that it truly beats
    the second, and 0 without a best. `arms` stand in the order they were given. `lift` is the best rate less the
    control's, `control_confidence` the probability that it is above it; both None without a control or a best.
    """

    best: str | None
    confidence: float
    arms: tuple[ArmRate, ...]
    control: ArmRate | None
    note: Note
    lift: float | None = None
    control_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Who gets what: `control_percent` get nothing, of the rest `test_percent` try the variants, others wait."""

    control_percent: int
    test_percent: int
    variants: int

    def __post_init__(self) -> None:
        if not (0 <= self.control_percent <= 100 and 0 <= self.test_percent <= 100 and self.variants >= 1):
            msg = "shares are percent, and there is at least one variant"
            raise ValueError(msg)

    def place(self, broadcast_id: UUID, telegram_id: int) -> Literal["control", "spare"] | int:
        """Where this person belongs: in the control, among those who wait, or the number of a variant from 0."""
        if bucket(broadcast_id, telegram_id, "control") < self.control_percent * 100:
            return "control"
        if bucket(broadcast_id, telegram_id, "test") >= self.test_percent * 100:
            return "spare"
        return bucket(broadcast_id, telegram_id, "variant") % self.variants


def bucket(broadcast_id: UUID, telegram_id: int, salt: str) -> int:
    """A number of 0..9999 that is always the same for this person in this broadcast.

    The statement that freezes an audience computes the very same:
    `('x' || left(md5(salt || ':' || broadcast_id || ':' || telegram_id), 8))::bit(32)::bigint % 10000`.
    """
    digest = hashlib.md5(f"{salt}:{broadcast_id}:{telegram_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % BUCKETS


def compare(arms: Sequence[Arm], by: Literal["replied", "clicked"], control: Arm | None = None) -> Comparison:
    """Which of the arms did best by replies or by clicks; of equals the first.

    An arm to which nothing was sent takes no part. More successes than were sent count as all of them.
    """
    rates = tuple(_rated(arm, by) for arm in arms)
    control_rate = _rated(control, by) if control else None
    tried = [rate for rate in rates if rate.sent]
    note = _too_little(tried)
    if note:
        return Comparison(None, 0.0, rates, control_rate, note)
    # Python's sorting keeps the order of equals.
    best, second = sorted(tried, key=lambda rate: -rate.rate)[:2]
    confidence = probability_of_more(best, second)
    if best.rate == second.rate or confidence < LIKELY:
        note = Note.EVEN
    else:
        note = Note.SURE if confidence >= SURE else Note.LIKELY
    measured = control_rate if control_rate and control_rate.sent else None
    return Comparison(
        best=best.label,
        confidence=confidence,
        arms=rates,
        control=control_rate,
        note=note,
        lift=best.rate - measured.rate if measured else None,
        control_confidence=probability_of_more(best, measured) if measured else None,
    )


def note_told(note: Note, language: str) -> str:
    """The note in words for staff, in English or Russian."""
    words = _words()[note]
    return words.get(language) or words["en"]


def probability_of_more(one: ArmRate, other: ArmRate) -> float:
    """The probability, 0..1, that the true rate of the one is above the other's."""
    a, b = _posterior(one), _posterior(other)
    # Four ways to write the same probability; the one with the fewest terms is summed.
    terms = (a[0], b[0], a[1], b[1])
    fewest = min(terms)
    if fewest > _MOST_TERMS:
        found = _normal(a, b)
    elif fewest == a[0]:
        found = _summed(a, b)
    elif fewest == b[0]:
        found = 1 - _summed(b, a)
    elif fewest == a[1]:
        # Of failures the one has more where it has fewer successes.
        found = 1 - _summed(a[::-1], b[::-1])
    else:
        found = _summed(b[::-1], a[::-1])
    return min(max(found, 0.0), 1.0)


_Beta = tuple[int, int]


def _posterior(rate: ArmRate) -> _Beta:
    return 1 + rate.successes, 1 + rate.sent - rate.successes


def _summed(one: _Beta, other: _Beta) -> float:
    """The probability that a draw from the one is above a draw from the other; as many terms as `one[0]`."""
    (a_one, b_one), (a_other, b_other) = one, other
    both = b_one + b_other
    term = _log_beta(a_other, both) - _log_beta(a_other, b_other)
    total = 0.0
    for index in range(a_one):
        total += exp(term)
        term += log((a_other + index) * (b_one + index) / ((a_other + index + both) * (index + 1)))
    return total


def _log_beta(a: int, b: int) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _normal(one: _Beta, other: _Beta) -> float:
    apart = _mean(one) - _mean(other)
    return 0.5 * erfc(-apart / sqrt(2 * (_variance(one) + _variance(other))))


def _mean(beta: _Beta) -> float:
    return beta[0] / (beta[0] + beta[1])


def _variance(beta: _Beta) -> float:
    a, b = beta
    return a * b / ((a + b) ** 2 * (a + b + 1))


def _rated(arm: Arm, by: Literal["replied", "clicked"]) -> ArmRate:
    sent = max(arm.sent, 0)
    successes = min(max(arm.replied if by == "replied" else arm.clicked, 0), sent)
    low, high = _wilson(successes, sent)
    return ArmRate(arm.label, sent, successes, successes / sent if sent else 0.0, low, high)


def _wilson(successes: int, sent: int) -> tuple[float, float]:
    if not sent:
        return 0.0, 1.0
    share, square = successes / sent, _Z * _Z
    middle = (share + square / (2 * sent)) / (1 + square / sent)
    half = _Z / (1 + square / sent) * sqrt(share * (1 - share) / sent + square / (4 * sent * sent))
    # Where all or none succeeded the interval ends there; floats would miss it by a hair.
    low = 0.0 if not successes else max(middle - half, 0.0)
    return low, 1.0 if successes == sent else min(middle + half, 1.0)


def _too_little(tried: Sequence[ArmRate]) -> Note | None:
    if not tried:
        return Note.NOTHING_SENT
    if len(tried) == 1:
        return Note.ALONE
    few = min(rate.sent for rate in tried) < FEWEST_SENT
    return Note.TOO_FEW if few or sum(rate.successes for rate in tried) < FEWEST_SUCCESSES else None


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
