from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection
from structlog.testing import capture_logs

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from journey.models import JourneyProgress, ProgressOutcome
from journey.selectors.journey_of import journey_of
from journey.services.dispute_stage import dispute_stage
from journey.services.mark_told import mark_all_told, mark_told
from journey.stages import StageCode
from profiles.models import Profile
from tests.cast import make_profile
from tests.journey.walks import (
    CALL,
    MENTOR,
    ORDINARY,
    REFUSAL,
    RETURN,
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
DISPUTED = ProgressOutcome.DISPUTED


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot)


def wander(person: Profile, clock: Clock, *stages: StageCode, confidence: float = 0.9) -> None:
    for to in stages:
        walk(person, to, confidence, quotes=(f"words of {to.value}",))
        clock.advance(timedelta(hours=1))


def untold(person: Profile) -> list[str]:
    """Completed stages of which nobody has told the person."""
    return [each.stage for each in steps(person) if each.outcome == COMPLETED and each.told_at is None]


def test_a_person_who_disputes_their_stage_goes_back_to_the_one_before(
    vera: Profile, stopped_clock: Clock
) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL, REFUSAL)
    with capture_logs() as logs:
        assert dispute(vera, REFUSAL, "c-7") == "CALL_TO_ADVENTURE"

    assert way(vera) == [
        ("ORDINARY_WORLD", COMPLETED),
        ("CALL_TO_ADVENTURE", LEFT),
        ("REFUSAL", DISPUTED),
        ("CALL_TO_ADVENTURE", CURRENT),
    ]
    _, call, refusal, back = steps(vera)
    assert (refusal.left_at, back.started_at) == (stopped_clock.now(), stopped_clock.now())
    assert back.evidence == call.evidence
    assert [each["quote"] for each in back.evidence] == ["words of CALL_TO_ADVENTURE"]
    assert (back.confidence, back.left_at) == (call.confidence, None)
    assert standing(vera) == ("CALL_TO_ADVENTURE", ["ORDINARY_WORLD"])
    assert happened(vera)[-1] == ("stage.disputed", {"stage": "REFUSAL", "back": "CALL_TO_ADVENTURE"})
    assert [each["event"] for each in logs] == ["stage.disputed"]
    with in_bot(vera.bot_id):
        journey = journey_of(bot_id=vera.bot_id, profile_id=vera.id)
    assert journey.disputed == ("REFUSAL",)


def test_what_was_not_completed_after_all_is_not_told(vera: Profile, stopped_clock: Clock) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL)
    assert untold(vera) == ["ORDINARY_WORLD"]
    dispute(vera, CALL)
    assert untold(vera) == []


def test_disputing_the_first_stage_leaves_them_nowhere_but_on_their_way(
    vera: Profile, stopped_clock: Clock
) -> None:
    wander(vera, stopped_clock, CALL)
    assert dispute(vera, CALL) == ""
    assert way(vera) == [("CALL_TO_ADVENTURE", DISPUTED)]
    assert standing(vera) == ("", [])
    assert again(vera).has_started_journey is True
    # From nowhere they may stand anywhere again, with the dispute in mind.
    assert walk(vera, CALL, 0.7).reason == "disputed"
    assert walk(vera, REFUSAL, 0.7).kind == "enters"
    assert standing(vera) == ("REFUSAL", [])


def test_a_tap_on_an_old_button_changes_nothing(vera: Profile, stopped_clock: Clock) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL)
    assert dispute(vera, CALL) == "ORDINARY_WORLD"
    before = (way(vera), standing(vera), happened(vera))
    assert dispute(vera, CALL) is None
    assert dispute(vera, MENTOR) is None
    assert dispute(vera, "") is None
    assert dispute(vera, "<b>") is None
    assert (way(vera), standing(vera), happened(vera)) == before


def test_somebody_who_stands_nowhere_has_nothing_to_dispute(vera: Profile) -> None:
    assert dispute(vera, "") is None
    assert dispute(vera, CALL) is None
    assert (way(vera), happened(vera)) == ([], [])


def test_one_dispute_after_the_other_leads_back_the_whole_way(vera: Profile, stopped_clock: Clock) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL, REFUSAL)
    back = []
    for stage in (REFUSAL, CALL, ORDINARY):
        back.append(dispute(vera, stage))
        stopped_clock.advance(timedelta(minutes=1))
    assert back == ["CALL_TO_ADVENTURE", "ORDINARY_WORLD", ""]
    assert standing(vera) == ("", [])
    with in_bot(vera.bot_id):
        journey = journey_of(bot_id=vera.bot_id, profile_id=vera.id)
    assert set(journey.disputed) == {ORDINARY, CALL, REFUSAL}


def test_the_way_back_passes_over_stages_that_are_disputed(vera: Profile, stopped_clock: Clock) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL)
    dispute(vera, CALL)
    stopped_clock.advance(timedelta(hours=1))
    wander(vera, stopped_clock, REFUSAL)
    assert dispute(vera, REFUSAL) == "ORDINARY_WORLD"


def test_a_stage_is_no_way_back_when_it_was_disputed_on_a_later_visit(
    vera: Profile, stopped_clock: Clock
) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL, REFUSAL, CALL)
    assert dispute(vera, CALL) == "REFUSAL"
    stopped_clock.advance(timedelta(hours=1))
    # They were on CALL between the two, and say now that it is not theirs.
    assert dispute(vera, REFUSAL) == "ORDINARY_WORLD"


def test_a_stage_completed_on_an_earlier_visit_stays_completed(vera: Profile, stopped_clock: Clock) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL, ORDINARY, CALL, REFUSAL)
    assert standing(vera) == ("REFUSAL", ["ORDINARY_WORLD", "CALL_TO_ADVENTURE"])
    assert dispute(vera, REFUSAL) == "CALL_TO_ADVENTURE"
    assert standing(vera) == ("CALL_TO_ADVENTURE", ["ORDINARY_WORLD"])
    stopped_clock.advance(timedelta(hours=1))
    assert dispute(vera, CALL) == "ORDINARY_WORLD"
    # From the first visit; the second ended in the stage that is disputed.
    assert standing(vera) == ("ORDINARY_WORLD", ["ORDINARY_WORLD"])


def test_disputing_a_move_back_leads_ahead_again_and_takes_nothing_away(
    vera: Profile, stopped_clock: Clock
) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL, REFUSAL, CALL)
    assert dispute(vera, CALL) == "REFUSAL"
    assert standing(vera) == ("REFUSAL", ["ORDINARY_WORLD", "CALL_TO_ADVENTURE"])


def test_a_stage_from_before_there_were_steps_can_be_disputed(bot: Bot, stopped_clock: Clock) -> None:
    vera = make_profile(bot, journey_stage="REFUSAL", completed_stages=["ORDINARY_WORLD"])
    assert dispute(vera, CALL) is None
    assert dispute(vera, REFUSAL) == ""
    assert way(vera) == [("REFUSAL", DISPUTED)]
    assert standing(vera) == ("", ["ORDINARY_WORLD"])
    assert walk(vera, REFUSAL, 0.7).reason == "disputed"


def test_a_journey_stays_completed_once_in_the_funnel(vera: Profile, stopped_clock: Clock) -> None:
    wander(vera, stopped_clock, StageCode.RESURRECTION, RETURN)
    dispute(vera, RETURN)
    assert again(vera).has_completed_journey is True
    assert standing(vera) == ("RESURRECTION", [])


def test_nobody_disputes_for_somebody_of_another_bot_or_somebody_gone(
    vera: Profile, other_bot: Bot, stopped_clock: Clock
) -> None:
    wander(vera, stopped_clock, CALL)
    with in_bot(other_bot.id):
        assert dispute_stage(bot_id=other_bot.id, profile_id=vera.id, stage=CALL) is None
    assert standing(vera) == ("CALL_TO_ADVENTURE", [])
    erase(vera)
    assert dispute(vera, CALL) is None
    assert happened(vera)[-1][0] == "stage.changed"


def test_two_taps_at_once_count_once(vera: Profile, stopped_clock: Clock) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL)
    both = Barrier(2)

    def tap(_: int) -> str | None:
        try:
            both.wait(timeout=30)
            return dispute(vera, CALL)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(tap, range(2)))
    assert set(found) == {None, "ORDINARY_WORLD"}
    assert [kind for kind, _ in happened(vera)].count("stage.disputed") == 1


def test_a_person_is_told_of_a_completed_stage_once(vera: Profile, stopped_clock: Clock) -> None:
    wander(vera, stopped_clock, ORDINARY, CALL, REFUSAL)
    first, second, _ = steps(vera)
    with in_bot(vera.bot_id):
        mark_told(bot_id=vera.bot_id, progress_ids=[first.id])
    told = stopped_clock.now()
    assert untold(vera) == ["CALL_TO_ADVENTURE"]
    stopped_clock.advance(timedelta(hours=1))
    with in_bot(vera.bot_id):
        mark_told(bot_id=vera.bot_id, progress_ids=[first.id, second.id])
    assert [each.told_at for each in steps(vera)] == [told, stopped_clock.now(), None]


def test_all_that_was_completed_can_be_told_together(vera: Profile, stopped_clock: Clock) -> None:
    stranger = make_profile(vera.bot)
    for person in (vera, stranger):
        wander(person, stopped_clock, ORDINARY, CALL, REFUSAL)
    with in_bot(vera.bot_id):
        mark_all_told(bot_id=vera.bot_id, profile_id=vera.id)
    assert untold(vera) == []
    assert steps(vera)[-1].told_at is None
    assert untold(stranger) == ["ORDINARY_WORLD", "CALL_TO_ADVENTURE"]


def test_the_database_holds_one_current_stage_for_a_person(vera: Profile) -> None:
    walk(vera, CALL, quotes=WORDS)
    with pytest.raises(IntegrityError), in_bot(vera.bot_id):
        JourneyProgress.objects.create(
            bot_id=vera.bot_id, profile_id=vera.id, stage=REFUSAL, started_at=vera.created_at
        )
