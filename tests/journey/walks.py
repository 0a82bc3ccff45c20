"""People on their way: what they are moved by, and what is written of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.tenancy import in_bot
from events.models import Event
from journey.models import JourneyProgress
from journey.moves import Judgement, Move
from journey.services.dispute_stage import dispute_stage
from journey.services.move_stage import move_stage
from journey.stages import StageCode
from profiles.models import Profile

ORDINARY, CALL, REFUSAL, MENTOR, THRESHOLD, *_, RETURN = StageCode
WORDS = ("I have had enough of waiting",)


def walk(
    person: Profile,
    to: StageCode | None,
    confidence: float = 0.7,
    *,
    quotes: tuple[str, ...] = WORDS,
    session_id: UUID | None = None,
    correlation_id: str = "",
) -> Move:
    """A judgement of a person, acted on."""
    with in_bot(person.bot_id):
        return move_stage(
            bot_id=person.bot_id,
            profile_id=person.id,
            judgement=Judgement(to, confidence, quotes),
            session_id=session_id,
            correlation_id=correlation_id,
        )


def dispute(person: Profile, stage: str, correlation_id: str = "") -> str | None:
    """The person taps "this is not me"."""
    with in_bot(person.bot_id):
        return dispute_stage(
            bot_id=person.bot_id, profile_id=person.id, stage=stage, correlation_id=correlation_id
        )


def steps(person: Profile) -> list[JourneyProgress]:
    """The rows of their way, oldest first."""
    with in_bot(person.bot_id):
        rows = JourneyProgress.objects.for_bot(person.bot_id).filter(profile_id=person.id)
        return list(rows.order_by("started_at", "id"))


def way(person: Profile) -> list[tuple[str, str]]:
    """The same as (stage, how it was left)."""
    return [(each.stage, each.outcome) for each in steps(person)]


def standing(person: Profile) -> tuple[str, list[str]]:
    """Where the profile says that they are, and what it says they completed."""
    fresh = again(person)
    return fresh.journey_stage, fresh.completed_stages


def again(person: Profile) -> Profile:
    """The person as they are stored now."""
    with in_bot(person.bot_id):
        return Profile.objects.for_bot(person.bot_id).get(id=person.id)


def happened(person: Profile) -> list[tuple[str, dict[str, Any]]]:
    """The events of a person, oldest first."""
    with in_bot(person.bot_id):
        rows = Event.objects.for_bot(person.bot_id).filter(profile_id=person.id)
        return list(rows.order_by("created_at", "id").values_list("kind", "payload"))


def erase(person: Profile) -> None:
    """The person is gone."""
    with in_bot(person.bot_id):
        Profile.objects.for_bot(person.bot_id).filter(id=person.id).delete()
