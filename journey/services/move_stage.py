from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import structlog

from core.clock import clock
from events.services.record_event import record_event
from journey.models import JourneyProgress, ProgressOutcome
from journey.moves import Judgement, Move, Standing, decide
from journey.selectors.journey_of import disputed_stages, steps_of
from journey.services.open_step import open_missing_step, open_step
from journey.stages import StageCode
from profiles.models import Profile
from profiles.services.mark_funnel import mark_funnel

log = structlog.get_logger(__name__)

# Words that are kept as evidence for one stage, the newest.
MOST_EVIDENCE = 10


@dataclass(frozen=True, slots=True)
class _Case:
    person: Profile
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
    # No key of it changes: rows that refer to the person can still be written meanwhile.
    people = Profile.objects.for_bot(bot_id).select_for_update(no_key=True)
    person = people.filter(id=profile_id).first()
    if person is None:
        return Move("unclear", None, None)
    steps = steps_of(bot_id=bot_id, profile_id=profile_id)
    at_hand = next((each for each in steps if each.left_at is None), None)
    current = _code(at_hand.stage if at_hand else person.journey_stage)
    disputed = disputed_stages((each.stage, each.outcome) for each in steps)
    standing = Standing(current, frozenset(code for each in disputed if (code := _code(each))))
    move = decide(standing, judgement)
    case = _Case(person, judgement, session_id, correlation_id)
    if move.kind == "refused":
        _note(case, move, "stage.refused", reason=move.reason)
    elif move.kind == "unclear":
        log.debug("stage.unclear", was=move.was)
    else:
        if at_hand is None and current is not None:
            at_hand = open_missing_step(person=person, is_first=not steps)
        if move.kind == "enters":
            _enter(case, move, at_hand)
        elif at_hand is not None:
            _add_evidence(case, at_hand)
            log.debug("stage.stays", was=move.was)
    return move


def _enter(case: _Case, move: Move, at_hand: JourneyProgress | None) -> None:
    assert move.to is not None  # noqa: S101 - what is entered has a name
    person = case.person
    if at_hand is not None:
        at_hand.left_at = clock.now()
        at_hand.outcome = ProgressOutcome.COMPLETED if move.completes else ProgressOutcome.LEFT
        at_hand.save(update_fields=["left_at", "outcome"])
    open_step(
        person=person,
        stage=move.to.value,
        confidence=case.judgement.trust,
        evidence=_evidence(case)[-MOST_EVIDENCE:],
        session_id=case.session_id,
    )
    person.journey_stage = move.to.value
    if move.completes and move.completes.value not in person.completed_stages:
        person.completed_stages = [*person.completed_stages, move.completes.value]
    person.save(update_fields=["journey_stage", "completed_stages"])
    _mark(case, "started_journey")
    if move.to == StageCode.RETURN_WITH_ELIXIR:
        _mark(case, "completed_journey")
    _note(case, move, "stage.changed", session=str(case.session_id) if case.session_id else None)


def _note(case: _Case, move: Move, kind: str, **more: str | None) -> None:
    payload = {"from": move.was, "to": move.to, "confidence": round(case.judgement.trust, 2), **more}
    record_event(
        bot_id=case.person.bot_id,
        kind=kind,
        profile_id=case.person.id,
        payload=payload,
        correlation_id=case.correlation_id,
    )
    log.info(kind, was=move.was, to=move.to, confidence=payload["confidence"], reason=move.reason)


def _mark(case: _Case, flag: Literal["started_journey", "completed_journey"]) -> None:
    mark_funnel(
        bot_id=case.person.bot_id,
        profile_id=case.person.id,
        flag=flag,
        correlation_id=case.correlation_id,
    )


def _add_evidence(case: _Case, at_hand: JourneyProgress) -> None:
    known = {str(each.get("quote", "")) for each in at_hand.evidence}
    new = [each for each in _evidence(case) if each["quote"] not in known]
    at_hand.evidence = [*at_hand.evidence, *new][-MOST_EVIDENCE:]
    at_hand.confidence = max(at_hand.confidence, case.judgement.trust)
    at_hand.save(update_fields=["evidence", "confidence"])


def _evidence(case: _Case) -> list[dict[str, str | None]]:
    at, session = clock.now().isoformat(), str(case.session_id) if case.session_id else None
    quotes = dict.fromkeys(each for each in case.judgement.quotes if each.strip())
    return [{"quote": each, "session": session, "at": at} for each in quotes]


def _code(name: str) -> StageCode | None:
    return StageCode(name) if name in StageCode.__members__ else None
