"""What the findings about a person are made from, and what is left of them once they are checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from journey.stages import StageCode

FactKind = Literal[
    "age",
    "birthday",
    "gender",
    "location",
    "timezone",
    "occupation",
    "relationship",
    "children",
    "interest",
]


@dataclass(frozen=True, slots=True)
class ActLine:
    """One thing that a person did, as the activity log tells it, with their words where there are any."""

    at: datetime
    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckedJudgement:
    """Where the model sees the person. `quotes` were really said; `invented` counts those that were not."""

    stage: StageCode | None
    confidence: float
    quotes: tuple[str, ...]
    invented: int
    why: str

    @property
    def is_grounded(self) -> bool:
        """Whether there is a stage, and a word of the person's own that speaks for it."""
        return self.stage is not None and bool(self.quotes)


@dataclass(frozen=True, slots=True)
class CheckedFact:
    """Something that the person told about themselves, and the sentence in which they did."""

    kind: FactKind
    value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckedPortrait:
    """A portrait that can be kept. `streams` are slugs of what is on offer; `unknown_streams` counts what is not.

    An empty `summary` says that there is no new one: the old one stays.
    """

    summary: str
    streams: tuple[str, ...]
    what_changed: str
    interests: tuple[str, ...]
    chat_style: str
    personality: str
    unknown_streams: int


@dataclass(frozen=True, slots=True)
class CheckedReadiness:
    """How ready the person is for one stream, 0 to 100; `quote` was really said, or is empty."""

    slug: str
    percent: int
    reason: str
    quote: str
