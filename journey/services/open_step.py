from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.clock import clock
from core.ids import new_id
from journey.models import JourneyProgress
from profiles.models import Profile


def open_step(
    *,
    person: Profile,
    stage: str,
    started_at: datetime | None = None,
    confidence: float = 0.0,
    evidence: Sequence[dict[str, Any]] = (),
    session_id: UUID | None = None,
) -> JourneyProgress:
    """A person stands on a stage from now on, or since `started_at`; the step before was left by the caller."""
    step = JourneyProgress(
        id=new_id(),
        bot_id=person.bot_id,
        profile_id=person.id,
        stage=stage,
        started_at=started_at or clock.now(),
        confidence=confidence,
        evidence=list(evidence),
        session_id=session_id,
    )
    step.save(force_insert=True)
    return step


def open_missing_step(*, person: Profile, is_first: bool) -> JourneyProgress:
    """The step of the stage that the profile names from before there were steps.

    Since when they stand there is known only where it is the first, by when they set out.
    """
    since = person.started_journey_at if is_first else None
    return open_step(person=person, stage=person.journey_stage, started_at=since)
