"""What crosses the walls of this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did. `id` is that of the inbound row, so that it is logged once."""

    id: UUID
    kind: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody did something: who it was, as Telegram tells it, and what."""

    telegram_id: int
    first_name: str
    last_name: str
    username: str
    language: str
    acts: tuple[Act, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person when they write: enough to greet, to judge, and to frame a prompt."""

    id: UUID
    telegram_id: int
    language: str
    first_name: str
    gender: str
    age: int | None
    psychological_summary: str
    metaphysical_profile: Mapping[str, object]
    streams: Sequence[str]
    journey_stage: str
    consented_at: datetime | None
    is_underage: bool

    @property
    def has_consented(self) -> bool:
        return self.consented_at is not None
