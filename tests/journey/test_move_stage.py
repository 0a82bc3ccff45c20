from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import nan
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from structlog.testing import capture_logs

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from journey.models import JourneyProgress, ProgressOutcome
from journey.moves import Judgement, Move
from journey.selectors.journey_of import journey_of
from journey.services.move_stage import MOST_EVIDENCE, move_stage
from journey.stages import StageCode
from profiles.models import Profile
from tests.cast import make_profile
from tests.journey.walks import (
    CALL,
    MENTOR,
    ORDINARY,
    REFUSAL,
    RETURN,
    THRESHOLD,
    WORDS,
    again,
    dispute,
    erase,
    happened,
    standing,
    steps,
    walk,
    way,
)

COMPLETED, LEFT, CURRENT = ProgressOutcome.COMPLETED, ProgressOutcome.LEFT, ProgressOutcome.CURRENT


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot)


def test_the_first_stage_sets_a_person_on_their_way(vera: Profile, stopped_clock: Clock) -> None:
    session = uuid4()
    assert walk(vera, CALL, 0.8, session_id=session, correlation_id="c-1") == Move("enters", None, CALL)

    (step,) = steps(vera)
    assert (step.stage, step.started_at, step.left_at) == ("CALL_TO_ADVENTURE", stopped_clock.now(), None)
    assert (step.outcome, step.confidence, step.session_id) == (CURRENT, 0.8, session)
    assert step.evidence == [
        {"quote": WORDS[0], "session": str(session), "at": stopped_clock.now().isoformat()}
    ]
    fresh = again(vera)
    assert (fresh.journey_stage, fresh.completed_stages) == ("CALL_TO_ADVENTURE", [])
    assert (fresh.has_started_journey, fresh.started_journey_at) == (True, stopped_clock.now())
    assert (fresh.has_completed_journey, fresh.completed_journey_at) == (False, None)
    assert happened(vera) == [
        ("funnel.started_journey", {}),
        (
            "stage.changed",
            {"from": None, "to": "CALL_TO_ADVENTURE", "confidence": 0.8, "session": str(session)},
        ),
    ]


def test_going_ahead_completes_the_stage_that_is_left_and_none_that_is_skipped(
    vera: Profile, stopped_clock: Clock
) -> None:
    walk(vera, ORDINARY)
    set_out = stopped_clock.now()
    stopped_clock.advance(timedelta(days=2))
    assert walk(vera, REFUSAL) == Move("enters", ORDINARY, REFUSAL, completes=ORDINARY)

    assert way(vera) == [("ORDINARY_WORLD", COMPLETED), ("REFUSAL", CURRENT)]
    first, second = steps(vera)
    assert (first.left_at, second.started_at) == (stopped_clock.now(), stopped_clock.now())
    assert first.told_at is None
    assert standing(vera) == ("REFUSAL", ["ORDINARY_WORLD"])
    assert again(vera).started_journey_at == set_out
    assert [kind for kind, _ in happened(vera)].count("funnel.started_journey") == 1


def test_going_back_completes_nothing_and_going_ahead_again_completes_once(
    vera: Profile, stopped_clock: Clock
) -> None:
    for to in (ORDINARY, CALL, REFUSAL, CALL, REFUSAL, MENTOR):
        walk(vera, to)
        stopped_clock.advance(timedelta(hours=1))
    assert [outcome for _, outcome in way(vera)] == [
        COMPLETED,
        COMPLETED,
        LEFT,
        COMPLETED,
        COMPLETED,
        CURRENT,
    ]
    assert standing(vera) == ("MEETING_MENTOR", ["ORDINARY_WORLD", "CALL_TO_ADVENTURE", "REFUSAL"])


def test_the_last_stage_completes_the_journey_once(vera: Profile, stopped_clock: Clock) -> None:
    walk(vera, StageCode.RESURRECTION)
    stopped_clock.advance(timedelta(days=1))
    walk(vera, RETURN)
    arrived = stopped_clock.now()
    stopped_clock.advance(timedelta(days=1))
    walk(vera, StageCode.RESURRECTION)
    walk(vera, RETURN)
    fresh = again(vera)
    assert (fresh.has_completed_journey, fresh.completed_journey_at) == (True, arrived)
    assert [kind for kind, _ in happened(vera)].count("funnel.completed_journey") == 1


def test_staying_adds_words_and_keeps_the_highest_confidence(vera: Profile, stopped_clock: Clock) -> None:
    walk(vera, REFUSAL, 0.8, quotes=("not now", "maybe in spring"))
    stopped_clock.advance(timedelta(hours=1))
    assert walk(vera, REFUSAL, 0.6, quotes=("maybe in spring", "I am afraid", " ")) == Move(
        "stays", REFUSAL, REFUSAL
    )
    (step,) = steps(vera)
    assert [each["quote"] for each in step.evidence] == ["not now", "maybe in spring", "I am afraid"]
    assert step.evidence[2]["at"] == stopped_clock.now().isoformat()
    assert step.confidence == 0.8
    walk(vera, REFUSAL, 0.9)
    assert steps(vera)[0].confidence == 0.9
    assert [kind for kind, _ in happened(vera)] == ["funnel.started_journey", "stage.changed"]


def test_only_the_newest_words_are_kept(vera: Profile) -> None:
    many = tuple(f"word number {number}" for number in range(MOST_EVIDENCE + 3))
    walk(vera, REFUSAL, quotes=many)
    assert [each["quote"] for each in steps(vera)[0].evidence] == list(many[-MOST_EVIDENCE:])
    walk(vera, REFUSAL, quotes=("the last of all",))
    assert [each["quote"] for each in steps(vera)[0].evidence] == [
        *many[-MOST_EVIDENCE + 1 :],
        "the last of all",
    ]


@pytest.mark.parametrize(
    ("to", "confidence", "quotes", "reason"),
    [
        (THRESHOLD, 0.84, WORDS, "too_far_ahead"),
        (CALL, 0.4, WORDS, "low_confidence"),
        (CALL, nan, WORDS, "low_confidence"),
        (CALL, 0.9, (), "no_evidence"),
    ],
)
def test_a_refusal_moves_nothing_and_is_an_event_and_a_log_line_without_words(
    vera: Profile, to: StageCode, confidence: float, quotes: tuple[str, ...], reason: str
) -> None:
    walk(vera, ORDINARY)
    before = steps(vera)[0].evidence
    with capture_logs() as logs:
        assert walk(vera, to, confidence, quotes=quotes) == Move("refused", ORDINARY, to, reason)
    trust = 0.0 if confidence != confidence else confidence
    assert happened(vera)[-1] == (
        "stage.refused",
        {"from": "ORDINARY_WORLD", "to": to.value, "confidence": trust, "reason": reason},
    )
    assert [(each["event"], each["log_level"], each["reason"]) for each in logs] == [
        ("stage.refused", "info", reason)
    ]
    assert WORDS[0] not in str(logs)
    assert standing(vera) == ("ORDINARY_WORLD", [])
    assert way(vera) == [("ORDINARY_WORLD", CURRENT)]
    assert steps(vera)[0].evidence == before


def test_a_leap_back_is_refused_until_it_is_certain(vera: Profile, stopped_clock: Clock) -> None:
    walk(vera, MENTOR)
    stopped_clock.advance(timedelta(hours=1))
    assert walk(vera, CALL, 0.7).reason == "too_far_back"
    assert walk(vera, CALL, 0.85) == Move("enters", MENTOR, CALL)
    assert way(vera) == [("MEETING_MENTOR", LEFT), ("CALL_TO_ADVENTURE", CURRENT)]


def test_an_unclear_judgement_leaves_nothing_behind(vera: Profile) -> None:
    walk(vera, ORDINARY)
    seen = happened(vera)
    with capture_logs() as logs:
        assert walk(vera, None, 0.9) == Move("unclear", ORDINARY, None)
    assert happened(vera) == seen
    assert [each["log_level"] for each in logs] == ["debug"]
    assert way(vera) == [("ORDINARY_WORLD", CURRENT)]


def test_nothing_happens_to_somebody_who_is_gone_or_belongs_to_another_bot(
    vera: Profile, other_bot: Bot
) -> None:
    with in_bot(other_bot.id):
        foreign = move_stage(bot_id=other_bot.id, profile_id=vera.id, judgement=Judgement(CALL, 0.9, WORDS))
    assert foreign == Move("unclear", None, None)
    assert (way(vera), happened(vera)) == ([], [])
    erase(vera)
    assert walk(vera, CALL, 0.9) == Move("unclear", None, None)
    assert happened(vera) == []


def test_a_disputed_stage_is_entered_again_only_when_it_is_certain_and_then_the_dispute_is_over(
    vera: Profile, stopped_clock: Clock
) -> None:
    walk(vera, ORDINARY)
    stopped_clock.advance(timedelta(hours=1))
    walk(vera, CALL)
    stopped_clock.advance(timedelta(hours=1))
    dispute(vera, CALL)
    stopped_clock.advance(timedelta(hours=1))
    assert walk(vera, CALL, 0.8).reason == "disputed"
    assert walk(vera, CALL, 0.9).kind == "enters"
    stopped_clock.advance(timedelta(hours=1))
    walk(vera, REFUSAL)
    stopped_clock.advance(timedelta(hours=1))
    # They came to stand on it again: no high confidence is needed any more.
    assert walk(vera, CALL, 0.6).kind == "enters"


def test_a_stage_from_before_there_were_steps_gets_its_row_when_it_is_left(
    bot: Bot, stopped_clock: Clock
) -> None:
    set_out = stopped_clock.now() - timedelta(days=9)
    vera = make_profile(bot, journey_stage="REFUSAL", has_started_journey=True, started_journey_at=set_out)
    assert walk(vera, MENTOR) == Move("enters", REFUSAL, MENTOR, completes=REFUSAL)
    first, second = steps(vera)
    assert (first.stage, first.outcome, first.evidence) == ("REFUSAL", COMPLETED, [])
    assert (first.started_at, first.left_at) == (set_out, stopped_clock.now())
    assert (second.stage, second.left_at) == ("MEETING_MENTOR", None)
    assert standing(vera) == ("MEETING_MENTOR", ["REFUSAL"])
    assert again(vera).started_journey_at == set_out


def test_a_stage_from_before_there_were_steps_gets_its_row_when_the_person_stays(
    bot: Bot, stopped_clock: Clock
) -> None:
    vera = make_profile(bot, journey_stage="REFUSAL")
    assert walk(vera, REFUSAL, 0.7).kind == "stays"
    (step,) = steps(vera)
    assert (step.stage, step.started_at, step.confidence) == ("REFUSAL", stopped_clock.now(), 0.7)
    assert [each["quote"] for each in step.evidence] == list(WORDS)


def test_a_refusal_writes_no_row_for_a_stage_from_before_there_were_steps(bot: Bot) -> None:
    vera = make_profile(bot, journey_stage="REFUSAL")
    assert walk(vera, RETURN, 0.7) == Move("refused", REFUSAL, RETURN, "too_far_ahead")
    assert way(vera) == []


def test_a_profile_that_names_a_stage_nobody_knows_sets_out_anew(bot: Bot) -> None:
    vera = make_profile(bot, journey_stage="INTERMISSION")
    assert walk(vera, MENTOR) == Move("enters", None, MENTOR)
    assert way(vera) == [("MEETING_MENTOR", CURRENT)]
    assert standing(vera) == ("MEETING_MENTOR", [])


def test_two_judgements_at_once_come_one_after_the_other(vera: Profile) -> None:
    both = Barrier(2)

    def judge(to: StageCode) -> Move:
        try:
            both.wait(timeout=30)
            return walk(vera, to)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(judge, (ORDINARY, CALL)))

    # Whoever came second moved from where the first had led; nobody set out twice, and one stage is current.
    came_first = next(each for each in found if each.was is None)
    came_second = next(each for each in found if each.was is not None)
    assert came_second.was == came_first.to
    assert [(kind, payload.get("from")) for kind, payload in happened(vera) if kind == "stage.changed"] == [
        ("stage.changed", None),
        ("stage.changed", came_first.to),
    ]
    with in_bot(vera.bot_id):
        current = JourneyProgress.objects.for_bot(vera.bot_id).get(profile_id=vera.id, left_at=None)
        assert journey_of(bot_id=vera.bot_id, profile_id=vera.id).current == current.stage == came_second.to
    assert [kind for kind, _ in happened(vera)].count("funnel.started_journey") == 1


def test_what_refers_to_a_person_can_be_written_while_they_are_moved(vera: Profile) -> None:
    def write() -> str:
        try:
            with in_bot(vera.bot_id):
                connection.cursor().execute("SET LOCAL lock_timeout = '2s'")
                # A foreign key to the profile: it asks for the profile's row too.
                row = JourneyProgress(
                    bot_id=vera.bot_id,
                    profile_id=vera.id,
                    stage=ORDINARY,
                    started_at=vera.created_at,
                    left_at=vera.created_at,
                    outcome=LEFT,
                )
                row.save(force_insert=True)
            return "written"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool, in_bot(vera.bot_id):
        move_stage(bot_id=vera.bot_id, profile_id=vera.id, judgement=Judgement(ORDINARY, 0.1, WORDS))
        assert pool.submit(write).result(timeout=30) == "written"
