from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from core.clock import clock
from events.services.record_event import record_event
from journey.models import JourneyProgress, ProgressOutcome
from journey.selectors.journey_of import disputed_stages, steps_of
from journey.services.open_step import open_missing_step, open_step
from profiles.models import Profile

log = structlog.get_logger(__name__)


def dispute_stage(*, bot_id: UUID, profile_id: UUID, stage: str, correlation_id: str = "") -> str | None:
    """The person says that the stage they are on is not theirs: they go back to the one before.

    The stage on which they stand then, "" where there was none before; None, and nothing happens, where `stage`
    is not the current one any more. The next judgement is told by the row.
    """
    people = Profile.objects.for_bot(bot_id).select_for_update(no_key=True)
    person = people.filter(id=profile_id).first()
    if person is None:
        return None
    steps = steps_of(bot_id=bot_id, profile_id=profile_id)
    at_hand = next((each for each in steps if each.left_at is None), None)
    if not stage or stage != (at_hand.stage if at_hand else person.journey_stage):
        return None
    if at_hand is None:
        at_hand = open_missing_step(person=person, is_first=not steps)
        steps.append(at_hand)
    at_hand.left_at, at_hand.outcome = clock.now(), ProgressOutcome.DISPUTED
    at_hand.save(update_fields=["left_at", "outcome"])
    before = _step_before(steps)
    if before is not None:
        _take_back(person, before, steps)
        open_step(
            person=person,
            stage=before.stage,
            confidence=before.confidence,
            evidence=before.evidence,
            session_id=before.session_id,
        )
    back = before.stage if before else ""
    person.journey_stage = back
    person.save(update_fields=["journey_stage", "completed_stages"])
    record_event(
        bot_id=bot_id,
        kind="stage.disputed",
        profile_id=profile_id,
        payload={"stage": stage, "back": back},
        correlation_id=correlation_id,
    )
    log.info("stage.disputed", stage=stage, back=back)
    return back


def _step_before(steps: Sequence[JourneyProgress]) -> JourneyProgress | None:
    """The last step on a stage that the person has not said is none of theirs."""
    disputed = disputed_stages((each.stage, each.outcome) for each in steps)
    mine = [each for each in steps if each.stage not in disputed and each.outcome != ProgressOutcome.DISPUTED]
    return mine[-1] if mine else None


def _take_back(person: Profile, before: JourneyProgress, steps: Sequence[JourneyProgress]) -> None:
    """They never left it for the disputed stage, and so did not complete it by that; earlier visits still count."""
    if before.outcome != ProgressOutcome.COMPLETED:
        return
    before.outcome = ProgressOutcome.LEFT
    before.save(update_fields=["outcome"])
    visits = [each for each in steps if each.stage == before.stage]
    if all(each.outcome != ProgressOutcome.COMPLETED for each in visits):
        person.completed_stages = [each for each in person.completed_stages if each != before.stage]
