from __future__ import annotations

from uuid import UUID

import structlog

from core.clock import clock
from core.ids import new_id
from events.services.record_event import record_event
from journey.models import JourneyProgress, ProgressOutcome
from profiles.models import Profile

log = structlog.get_logger(__name__)


def dispute_stage(*, bot_id: UUID, profile_id: UUID, stage: str, correlation_id: str = "") -> str | None:
    """The person says that the stage they are on is not theirs: they go back to the one before.

    The stage on which they stand then, "" where there was none before; None, and nothing happens, where `stage`
    is not the current one any more. The next judgement is told by the row.
    """
    person = Profile.objects.for_bot(bot_id).select_for_update().filter(id=profile_id).first()
    if person is None:
        return None
    steps = list(
        JourneyProgress.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("started_at", "id")
    )
    at_hand = next((each for each in steps if each.left_at is None), None)
    if stage != (at_hand.stage if at_hand else person.journey_stage) or not stage:
        return None
    now = clock.now()
    if at_hand is None:
        # From before there were steps: the dispute itself is one.
        at_hand = JourneyProgress(
            id=new_id(), bot_id=bot_id, profile_id=profile_id, stage=stage, started_at=now
        )
        at_hand.save(force_insert=True)
    at_hand.left_at, at_hand.outcome = now, ProgressOutcome.DISPUTED
    at_hand.save(update_fields=["left_at", "outcome"])
    before = next(
        (
            each
            for each in reversed(steps)
            if each.id != at_hand.id and each.outcome != ProgressOutcome.DISPUTED and each.stage != stage
        ),
        None,
    )
    if before is not None:
        _go_on_with(before)
    person.journey_stage = before.stage if before else ""
    # What was completed by moving on to the disputed stage is not completed after all.
    person.completed_stages = [each for each in person.completed_stages if each != person.journey_stage]
    person.save(update_fields=["journey_stage", "completed_stages"])
    record_event(
        bot_id=bot_id,
        kind="stage.disputed",
        profile_id=profile_id,
        payload={"stage": stage, "back": person.journey_stage},
        correlation_id=correlation_id,
    )
    log.info("journey.disputed", stage=stage, back=person.journey_stage)
    return person.journey_stage


def _go_on_with(before: JourneyProgress) -> None:
    """They were on it all along: a new row, with the words that told of it."""
    JourneyProgress(
        id=new_id(),
        bot_id=before.bot_id,
        profile_id=before.profile_id,
        stage=before.stage,
        started_at=clock.now(),
        confidence=before.confidence,
        evidence=before.evidence,
        session_id=before.session_id,
    ).save(force_insert=True)
