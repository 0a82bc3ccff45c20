"""A person at a glance, for pages and background work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProfileCard:
    """What is known of a person, as their row said when it was asked for."""

    id: UUID
    telegram_id: int
    language: str
    first_name: str
    last_name: str
    username: str
    gender: str
    age: int | None
    location: str
    interests: Sequence[str]
    psychotype: str
    psychological_summary: str
    metaphysical_profile: Mapping[str, object]
    streams: Sequence[str]
    markers: Mapping[str, object]
    journey_stage: str
    has_started_journey: bool
    has_completed_journey: bool
    has_visited_platform: bool
    has_purchased_stream: bool
    is_active: bool
    is_underage: bool
    consented_at: datetime | None
    last_seen_at: datetime
    profile_updated_at: datetime | None
    created_at: datetime
