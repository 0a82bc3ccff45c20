"""The one rule by which people move on their journey. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from journey.stages import StageCode

# From here on a judgement counts; from here on it may also leap, or contradict the person.
ENOUGH_CONFIDENCE = 0.5
HIGH_CONFIDENCE = 0.85
FURTHEST_BACK = 1
FURTHEST_AHEAD = 2

_ORDER = {code: place for place, code in enumerate(StageCode)}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: on which stage, and which they say are not theirs."""

    current: StageCode | None
    disputed: frozenset[StageCode] = frozenset()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model made of somebody's words. `quotes` were really said; `confidence` runs from 0 to 1."""

    stage: StageCode | None
    confidence: float
    quotes: tuple[str, ...] = ()

    @property
    def trust(self) -> float:
        """The confidence, and 0 for what is no number from 0 to 1."""
        return self.confidence if 0.0 <= self.confidence <= 1.0 else 0.0


@dataclass(frozen=True, slots=True)
class Move:
    """What follows from a judgement: `was` and `to` are the stages before and after, `reason` why not."""

    kind: Literal["unclear", "stays", "enters", "refused"]
    was: StageCode | None
    to: StageCode | None
    reason: str = ""
    # The stage that is completed by it.
    completes: StageCode | None = None


def decide(standing: Standing, judgement: Judgement) -> Move:
    """Whether somebody moves.

    Nobody is moved without words of their own; nor by more than one stage back, more than two ahead, or onto a
    stage that they have disputed, unless the confidence is high. Going ahead completes the stage that is left.
    """
    was, to = standing.current, judgement.stage
    if to is None:
        return Move("unclear", was, None)
    refusal = _refusal(standing, judgement, to)
    if refusal:
        return Move("refused", was, to, refusal)
    if to == was:
        return Move("stays", was, to)
    is_ahead = was is not None and _ORDER[to] > _ORDER[was]
    return Move("enters", was, to, completes=was if is_ahead else None)


def _refusal(standing: Standing, judgement: Judgement, to: StageCode) -> str:
    if not any(each.strip() for each in judgement.quotes):
        return "no_evidence"
    if judgement.trust < ENOUGH_CONFIDENCE:
        return "low_confidence"
    if judgement.trust >= HIGH_CONFIDENCE or to == standing.current:
        return ""
    if to in standing.disputed:
        return "disputed"
    if standing.current is None:
        return ""
    steps = _ORDER[to] - _ORDER[standing.current]
    if steps < -FURTHEST_BACK:
        return "too_far_back"
    return "too_far_ahead" if steps > FURTHEST_AHEAD else ""
