from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from journey.contracts import Journey, Step
from journey.models import JourneyProgress, ProgressOutcome
from profiles.models import Profile


def journey_of(*, bot_id: UUID, profile_id: UUID) -> Journey:
    """The way of a person so far; an empty one for somebody who is not known."""
    profile = (
        Profile.objects.for_bot(bot_id)
        .filter(id=profile_id)
        .values_list("journey_stage", "completed_stages")
        .first()
    )
    current, completed = profile or ("", [])
    return journey_along(bot_id=bot_id, profile_id=profile_id, current=current, completed=completed or ())


def journey_along(*, bot_id: UUID, profile_id: UUID, current: str, completed: Iterable[object]) -> Journey:
    """The same for somebody whose row is at hand."""
    steps = tuple(
        Step(
            id=row.id,
            stage=row.stage,
            started_at=row.started_at,
            left_at=row.left_at,
            outcome=row.outcome,
            confidence=row.confidence,
            quotes=quotes_of(row.evidence),
        )
        for row in steps_of(bot_id=bot_id, profile_id=profile_id)
    )
    return Journey(
        current=current,
        steps=steps,
        completed=tuple(str(each) for each in completed),
        disputed=disputed_stages((each.stage, each.outcome) for each in steps),
    )


def steps_of(*, bot_id: UUID, profile_id: UUID) -> list[JourneyProgress]:
    """The rows of a person's way, oldest first."""
    rows = JourneyProgress.objects.for_bot(bot_id).filter(profile_id=profile_id)
    return list(rows.order_by("started_at", "id"))


def disputed_stages(steps: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Of (stage, outcome), oldest first: the stages whose last word was the person's "this is not me"."""
    last = dict(steps)
    return tuple(stage for stage, outcome in last.items() if outcome == ProgressOutcome.DISPUTED)


def quotes_of(evidence: object) -> tuple[str, ...]:
    """The person's words in a step's evidence, oldest first."""
    if not isinstance(evidence, list):
        return ()
    return tuple(str(each["quote"]) for each in evidence if isinstance(each, dict) and each.get("quote"))
