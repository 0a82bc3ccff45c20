from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import structlog

from core.clock import clock
from core.ids import new_id
from events.services.record_event import record_event
from journey.models import JourneyProgress, ProgressOutcome
from journey.moves import Judgement, Move, Standing, decide
from journey.selectors.journey_of import disputed_stages
from journey.stages import StageCode
from profiles.models import Profile
from profiles.services.mark_funnel import mark_funnel

log = structlog.get_logger(__name__)

# Words that are kept as evidence for one stage, the newest.
MOST_EVIDENCE = 10


@dataclass(frozen=True, slots=True)
class _Case:
    person: Profile
    at_hand: JourneyProgress | None
    judgement: Judgement
    session_id: UUID | None
    correlation_id: str


def move_stage(
    *,
    bot_id: UUID,
    profile_id: UUID,
    judgement: Judgement,
    session_id: UUID | None = None,
    correlation_id: str = "",
) -> Move:
    """Let the rule decide whether a person moves, and write down what follows.

    The person's row is locked, so that two judgements come one after the other. Of somebody who is gone the
    answer is unclear. What is refused is an event too, without anybody's words.
    """
    person = Profile.objects.for_bot(bot_id).select_for_update().filter(id=profile_id).first()
    if person is None:
        return Move("unclear", None, None)
    steps = list(
        JourneyProgress.objects.for_bot(bot_id).filter(profile_id=profile_id).order_by("started_at", "id")
    )
    at_hand = next((each for each in steps if each.left_at is None), None)
    current = _code(at_hand.stage if at_hand else person.journey_stage)
    disputed = disputed_stages((each.stage, each.outcome) for each in steps)
    standing = Standing(current, frozenset(code for each in disputed if (code := _code(each))))
    move = decide(standing, judgement)
    log.info("journey.judged", move=move.kind, reason=move.reason, was=move.was, to=move.to)
    case = _Case(person, at_hand, judgement, session_id, correlation_id)
    if move.kind == "refused":
        record_event(
            bot_id=bot_id,
            kind="stage.refused",
            profile_id=profile_id,
            payload={
                "from": move.was,
                "to": move.to,
                "reason": move.reason,
                "confidence": round(judgement.confidence, 2),
            },
            correlation_id=correlation_id,
        )
    elif move.kind == "stays":
        _add_evidence(case)
    elif move.kind == "enters":
        _enter(case, move)
    return move


def _enter(case: _Case, move: Move) -> None:
    assert move.to is not None  # noqa: S101 - what is entered has a name
    person, at_hand = case.person, case.at_hand
    if at_hand is not None:
        at_hand.left_at = clock.now()
        at_hand.outcome = ProgressOutcome.COMPLETED if move.completes else ProgressOutcome.LEFT
        at_hand.save(update_fields=["left_at", "outcome"])
    _open_step(case, move.to)
    person.journey_stage = move.to.value
    if move.completes and move.completes.value not in person.completed_stages:
        person.completed_stages = [*person.completed_stages, move.completes.value]
    person.save(update_fields=["journey_stage", "completed_stages"])
    _mark(case, "started_journey")
    if move.to == StageCode.RETURN_WITH_ELIXIR:
        _mark(case, "completed_journey")
    record_event(
        bot_id=person.bot_id,
        kind="stage.changed",
        profile_id=person.id,
        payload={
            "from": move.was,
            "to": move.to,
            "confidence": round(case.judgement.confidence, 2),
            "session": str(case.session_id) if case.session_id else None,
        },
        correlation_id=case.correlation_id,
    )


def _mark(case: _Case, flag: Literal["started_journey", "completed_journey"]) -> None:
    mark_funnel(
        bot_id=case.person.bot_id,
        profile_id=case.person.id,
        flag=flag,
        correlation_id=case.correlation_id,
    )


def _add_evidence(case: _Case) -> None:
    at_hand = case.at_hand
    if at_hand is None:
        # The profile names a stage from before there were steps.
        _open_step(case, StageCode(case.person.journey_stage))
        return
    known = {str(each.get("quote", "")) for each in at_hand.evidence}
    new = [each for each in _evidence(case) if each["quote"] not in known]
    at_hand.evidence = [*at_hand.evidence, *new][-MOST_EVIDENCE:]
    at_hand.confidence = max(at_hand.confidence, case.judgement.confidence)
    at_hand.save(update_fields=["evidence", "confidence"])


def _open_step(case: _Case, stage: StageCode) -> None:
    JourneyProgress(
        id=new_id(),
        bot_id=case.person.bot_id,
        profile_id=case.person.id,
        stage=stage.value,
        started_at=clock.now(),
        confidence=case.judgement.confidence,
        evidence=_evidence(case)[-MOST_EVIDENCE:],
        session_id=case.session_id,
    ).save(force_insert=True)


def _evidence(case: _Case) -> list[dict[str, str | None]]:
    at, session = clock.now().isoformat(), str(case.session_id) if case.session_id else None
    return [{"quote": each, "session": session, "at": at} for each in case.judgement.quotes if each.strip()]


def _code(name: str) -> StageCode | None:
    return StageCode(name) if name in StageCode.__members__ else None
