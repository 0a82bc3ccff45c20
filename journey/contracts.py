"""What crosses the walls of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from journey.moves import Judgement, Move
from journey.stages import Stage

__all__ = ["Journey", "Judgement", "Move", "ReadinessTaken", "Step", "StreamReadiness", "WordingInForce"]


@dataclass(frozen=True, slots=True)
class Step:
    """A person stood on a stage from then until then; `quotes` are their words that told of it."""

    id: UUID
    stage: str
    started_at: datetime
    left_at: datetime | None
    outcome: str
    confidence: float
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Journey:
    """The way of one person so far; `current` is "" for somebody who has not set out."""

    current: str
    steps: tuple[Step, ...]
    completed: tuple[str, ...]
    # Stages of which the person said that they are not theirs, and did not come to stand on again.
    disputed: tuple[str, ...]

    @property
    def quotes(self) -> tuple[str, ...]:
        """The words that tell of the current stage."""
        open_steps = [each for each in self.steps if each.left_at is None]
        return open_steps[-1].quotes if open_steps else ()

    def seconds_in(self, code: str, *, now: datetime) -> float | None:
        """How long they stood on this stage, all visits together; None where they never did."""
        visits = [each for each in self.steps if each.stage == code and each.outcome != "disputed"]
        if not visits:
            return None
        return sum(((each.left_at or now) - each.started_at).total_seconds() for each in visits)


@dataclass(frozen=True, slots=True)
class StreamReadiness:
    """How ready somebody is for a stream, 0 to 100; `quote` was really said, or is empty."""

    slug: str
    percent: int
    reason: str
    quote: str


@dataclass(frozen=True, slots=True)
class ReadinessTaken:
    """A readiness as it was worked out once, the readiest first."""

    id: UUID
    streams: tuple[StreamReadiness, ...]
    chosen: str
    created_at: datetime

    @property
    def percents(self) -> Mapping[str, int]:
        return {each.slug: each.percent for each in self.streams}


@dataclass(frozen=True, slots=True)
class WordingInForce:
    """How a stage reads now: a version of the staff's, or, where `number` is None, what ships with the product."""

    stage: Stage
    language: str
    # How many staff have written, in force or not.
    versions: int
    version_id: UUID | None = None
    number: int | None = None
    author: str = ""
    created_at: datetime | None = None
