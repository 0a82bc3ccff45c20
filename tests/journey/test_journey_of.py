from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bots.models import Bot
from core.clock import Clock
from core.tenancy import in_bot
from journey.contracts import Journey
from journey.models import JourneyProgress
from journey.selectors.journey_of import journey_of
from profiles.models import Profile
from tests.cast import make_profile
from tests.journey.walks import CALL, MENTOR, ORDINARY, REFUSAL, dispute, steps, walk


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot)


def journey(person: Profile) -> Journey:
    with in_bot(person.bot_id):
        return journey_of(bot_id=person.bot_id, profile_id=person.id)


def test_a_journey_tells_where_somebody_stands_and_how_they_came_there(
    vera: Profile, stopped_clock: Clock
) -> None:
    walk(vera, ORDINARY, quotes=("it is all fine",))
    set_out = stopped_clock.now()
    stopped_clock.advance(timedelta(days=1))
    walk(vera, CALL, 0.8, quotes=("something is missing", "I envy her"))
    way = journey(vera)

    assert (way.current, way.completed, way.disputed) == (CALL, (ORDINARY,), ())
    first, second = way.steps
    assert (first.stage, first.started_at, first.left_at) == (ORDINARY, set_out, stopped_clock.now())
    assert (first.outcome, first.quotes) == ("completed", ("it is all fine",))
    assert (second.outcome, second.left_at, second.confidence) == ("", None, 0.8)
    assert way.quotes == second.quotes == ("something is missing", "I envy her")


def test_the_time_on_a_stage_is_that_of_all_visits_together(vera: Profile, stopped_clock: Clock) -> None:
    # An hour on the first, two on the second, four on the first again, eight on the second and counting.
    for hours, stage in ((1, ORDINARY), (2, CALL), (4, ORDINARY), (8, CALL)):
        walk(vera, stage)
        stopped_clock.advance(timedelta(hours=hours))
    now = stopped_clock.now()
    way = journey(vera)
    assert way.seconds_in(ORDINARY, now=now) == 5 * 3600
    assert way.seconds_in(CALL, now=now) == 10 * 3600
    assert way.seconds_in(CALL, now=now + timedelta(hours=1)) == 11 * 3600
    assert way.seconds_in(REFUSAL, now=now) is None


def test_time_on_a_stage_that_was_not_theirs_does_not_count(vera: Profile, stopped_clock: Clock) -> None:
    walk(vera, ORDINARY)
    stopped_clock.advance(timedelta(hours=1))
    walk(vera, CALL)
    stopped_clock.advance(timedelta(hours=2))
    dispute(vera, CALL)
    stopped_clock.advance(timedelta(hours=4))
    way = journey(vera)
    assert way.seconds_in(CALL, now=stopped_clock.now()) is None
    assert way.seconds_in(ORDINARY, now=stopped_clock.now()) == 5 * 3600
    assert way.disputed == (CALL,)


def test_somebody_who_has_not_set_out_or_is_not_known_has_an_empty_journey(
    vera: Profile, other_bot: Bot
) -> None:
    empty = Journey("", (), (), ())
    assert journey(vera) == empty
    assert empty.quotes == ()
    walk(vera, MENTOR)
    with in_bot(other_bot.id):
        assert journey_of(bot_id=other_bot.id, profile_id=vera.id) == empty
        assert journey_of(bot_id=other_bot.id, profile_id=uuid4()) == empty


@pytest.mark.parametrize(
    ("evidence", "quotes"),
    [
        ([{"quote": "one"}, {"session": None}, {"quote": ""}, "two", {"quote": "three"}], ("one", "three")),
        ({"quote": "one"}, ()),
        ("one", ()),
    ],
)
def test_evidence_that_is_written_otherwise_is_passed_over(
    vera: Profile, evidence: Any, quotes: tuple[str, ...]
) -> None:
    walk(vera, MENTOR)
    (step,) = steps(vera)
    with in_bot(vera.bot_id):
        JourneyProgress.objects.for_bot(vera.bot_id).filter(id=step.id).update(evidence=evidence)
    assert journey(vera).quotes == quotes


def test_a_journey_of_many_steps_takes_two_queries(
    vera: Profile, stopped_clock: Clock, django_assert_num_queries: Any
) -> None:
    for stage in (ORDINARY, CALL, REFUSAL, MENTOR) * 3:
        walk(vera, stage, 0.9)
        stopped_clock.advance(timedelta(hours=1))
    with in_bot(vera.bot_id), django_assert_num_queries(2):
        assert len(journey_of(bot_id=vera.bot_id, profile_id=vera.id).steps) == 12
