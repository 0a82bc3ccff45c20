from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.models import Bot
from broadcast.audience import audience, audience_filter, known_words
from broadcast.criteria.contracts import Criteria
from broadcast.criteria.parsing import parse
from core.clock import Clock
from core.tenancy import in_bot, in_bots
from journey.stages import StageCode, stage
from profiles.models import Profile

Make = Callable[..., Profile]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(stopped_clock: Clock) -> None:
    """It is noon of the second of March."""


def who(bot: Bot, said: str, **more: Any) -> set[str]:
    """The first names of those whom these criteria find."""
    with in_bot(bot.id):
        people = audience(bot.id, parse(said, known_words()), now=NOW, **more)
        return set(people.values_list("first_name", flat=True))


@pytest.fixture
def cast(bot: Bot, make_profile: Make) -> Bot:
    """Vera of whom much is known, Pavel of whom something is, Nobody of whom nothing is."""
    make_profile(
        bot,
        first_name="Vera",
        gender="female",
        age=34,
        language="ru",
        source="spring_ad",
        journey_stage="CALL_TO_ADVENTURE",
        streams=["hero-path", "shadow"],
        readiness={"hero-path": 60, "shadow": "most"},
        markers={
            "city": "Riga",
            "vip": True,
            "visits": 7,
            "gone": None,
            "interested_stream": "hero-path",
            "purchased_streams": ["shadow", "awakening"],
            "1": "one",
            'it\'s "%s" {odd}': "100%, really",
        },
        has_started_journey=True,
        has_purchased_stream=True,
        has_visited_platform=True,
        created_at=NOW - timedelta(days=40),
        last_seen_at=NOW - timedelta(hours=3),
    )
    make_profile(
        bot,
        first_name="Pavel",
        gender="male",
        age=18,
        language="en",
        source="friend",
        journey_stage="ORDEAL",
        streams=["past-lives"],
        readiness={"hero-path": 59},
        markers={"city": "Riga|Oslo", "vip": False},
        has_started_journey=True,
        has_completed_journey=True,
        created_at=NOW - timedelta(days=7),
        last_seen_at=NOW - timedelta(days=7),
    )
    make_profile(
        bot,
        first_name="Nobody",
        language="en",
        created_at=NOW - timedelta(days=400),
        last_seen_at=NOW - timedelta(days=30, minutes=1),
    )
    return bot


EVERYBODY = {"Vera", "Pavel", "Nobody"}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", EVERYBODY),
        ("gender=female", {"Vera"}),
        ("gender=ж|м", {"Vera", "Pavel"}),
        ("gender=other", set()),
        ("!gender=male", {"Vera", "Nobody"}),
        ("gender=none", {"Nobody"}),
        ("gender=*", {"Vera", "Pavel"}),
        ("!gender=*", {"Nobody"}),
        ("gender=none|male", {"Pavel", "Nobody"}),
        ("!gender=none|male", {"Vera"}),
        ("age=18", {"Pavel"}),
        ("age=18..34", {"Vera", "Pavel"}),
        ("age=19..33", set()),
        ("age>18", {"Vera"}),
        ("age>=18", {"Vera", "Pavel"}),
        ("age<34", {"Pavel"}),
        ("age<=34", {"Vera", "Pavel"}),
        ("age<19|>33", {"Vera", "Pavel"}),
        ("!age=18", {"Vera", "Nobody"}),
        ("!age<19|>60", {"Vera", "Nobody"}),
        ("age=none", {"Nobody"}),
        ("age=*", {"Vera", "Pavel"}),
        ("!age=none|18", {"Vera"}),
        ("language=ru", {"Vera"}),
        ("!language=ru", {"Pavel", "Nobody"}),
        ("source=spring_ad|friend", {"Vera", "Pavel"}),
        ("source=Friend", set()),
        ("source=none", {"Nobody"}),
        ("!source=friend", {"Vera", "Nobody"}),
        ("journey_stage=CALL_TO_ADVENTURE", {"Vera"}),
        ("journey_stage=зов к приключению|ordeal", {"Vera", "Pavel"}),
        ("journey_stage=none", {"Nobody"}),
        ("!journey_stage=none", {"Vera", "Pavel"}),
        ("!journey_stage=ORDEAL", {"Vera", "Nobody"}),
        ("streams=Путь Героя", {"Vera"}),
        ("streams=shadow|past-lives", {"Vera", "Pavel"}),
        ("streams=hero-path,streams=shadow", {"Vera"}),
        ("streams=hero-path,streams=past-lives", set()),
        ("!streams=shadow", {"Pavel", "Nobody"}),
        ("streams=none", {"Nobody"}),
        ("streams=*", {"Vera", "Pavel"}),
        ("!streams=none|past-lives", {"Vera"}),
        ("readiness.hero-path>=60", {"Vera"}),
        ("readiness.hero-path>=59", {"Vera", "Pavel"}),
        ("readiness.hero-path<60", {"Pavel"}),
        ("readiness.hero-path=59..60", {"Vera", "Pavel"}),
        ("readiness.hero-path=60", {"Vera"}),
        ("!readiness.hero-path>=60", {"Pavel", "Nobody"}),
        ("readiness.hero-path=*", {"Vera", "Pavel"}),
        ("readiness.hero-path=none", {"Nobody"}),
        # What is no number is no readiness.
        ("readiness.shadow>=0", set()),
        ("readiness.shadow=none", EVERYBODY),
        ("readiness.awakening=*", set()),
        ("markers.city=Riga", {"Vera"}),
        ('markers.city="Riga|Oslo"', {"Pavel"}),
        ('markers.city=Riga|"Riga|Oslo"', {"Vera", "Pavel"}),
        ("markers.city=riga", set()),
        ("!markers.city=Riga", {"Pavel", "Nobody"}),
        ("markers.city=*", {"Vera", "Pavel"}),
        ("markers.city=none", {"Nobody"}),
        ("!markers.city=*", {"Nobody"}),
        ("markers.gone=*", set()),
        ("markers.vip=true", {"Vera"}),
        ("markers.vip=false", {"Pavel"}),
        ("markers.visits=7", {"Vera"}),
        ("markers.1=one", {"Vera"}),
        ('markers."it\'s \\"%s\\" {odd}"="100%, really"', {"Vera"}),
        ("markers.interested_stream=Путь Героя", {"Vera"}),
        ("markers.purchased_streams=awakening", {"Vera"}),
        ("markers.purchased_streams=Пробуждение|hero-path", {"Vera"}),
        ("markers.purchased_streams=hero-path", set()),
        ("!markers.purchased_streams=awakening", {"Pavel", "Nobody"}),
        ("has_started_journey=yes", {"Vera", "Pavel"}),
        ("has_started_journey=no", {"Nobody"}),
        ("has_started_journey=yes|no", EVERYBODY),
        ("has_completed_journey", {"Pavel"}),
        ("!has_completed_journey", {"Vera", "Nobody"}),
        ("has_visited_platform=да", {"Vera"}),
        ("has_purchased_stream=нет", {"Pavel", "Nobody"}),
        ("last_seen<7d", {"Vera"}),
        ("last_seen>7d", {"Pavel", "Nobody"}),
        ("!last_seen<7d", {"Pavel", "Nobody"}),
        ("last_seen=7d..30d", {"Pavel"}),
        ("last_seen>30d", {"Nobody"}),
        ("last_seen<3h", set()),
        ("last_seen<181min", {"Vera"}),
        ("last_seen<1d|>30d", {"Vera", "Nobody"}),
        ("last_seen=2026-03-02", {"Vera"}),
        ("registered<8d", {"Pavel"}),
        ("registered>2026-02-22", {"Pavel"}),
        ("registered>=2026-02-23", {"Pavel"}),
        ("registered>2026-02-23", set()),
        ("registered<2026-02-23", {"Vera", "Nobody"}),
        ("registered=2026-01-01..2026-02-01", {"Vera"}),
        ("gender=female,language=ru,age>30,last_seen<1d,streams=shadow", {"Vera"}),
        ("gender=female,gender=male", set()),
    ],
)
def test_criteria_find_those_whom_they_speak_of(cast: Bot, said: str, found: set[str]) -> None:
    assert who(cast, said) == found


@pytest.mark.parametrize(
    "said", ["", "!gender=male", "!age=18", "last_seen<7d", "markers.city=none", "is_active=yes"]
)
def test_who_may_not_be_written_to_is_never_found(bot: Bot, make_profile: Make, said: str) -> None:
    make_profile(bot, first_name="Vera")
    make_profile(bot, first_name="Silent", consented_at=None)
    make_profile(bot, first_name="Young", is_underage=True)
    make_profile(bot, first_name="Gone", is_active=False)

    assert who(bot, said) == {"Vera"}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("is_active=no", {"Gone"}),
        ("!is_active", {"Gone"}),
        ("is_active=yes|no", {"Vera", "Gone"}),
        ("is_active=no,is_active=yes", set()),
    ],
)
def test_who_has_blocked_the_bot_is_found_only_when_asked_for(
    bot: Bot, make_profile: Make, said: str, found: set[str]
) -> None:
    make_profile(bot, first_name="Vera")
    make_profile(bot, first_name="Gone", is_active=False)
    make_profile(bot, first_name="Silent and gone", is_active=False, consented_at=None)

    assert who(bot, said) == found


def test_people_of_another_bot_are_never_found_even_by_somebody_who_sees_both(
    bot: Bot, other_bot: Bot, make_profile: Make
) -> None:
    make_profile(bot, first_name="Vera", gender="female")
    make_profile(other_bot, first_name="Stranger", gender="female")

    with in_bots([bot.id, other_bot.id]):
        for said in ("", "gender=female", "!gender=male", "age=none", "markers.x=none|y"):
            people = audience(bot.id, parse(said, known_words()), now=NOW)
            assert [each.first_name for each in people] == ["Vera"]
    with in_bot(other_bot.id):
        assert not audience(bot.id, Criteria(), now=NOW).exists()


def test_days_begin_at_midnight_where_the_bot_lives(make_bot: Callable[..., Bot], make_profile: Make) -> None:
    bot = make_bot(timezone="Asia/Tokyo")
    # Midnight of the second of January in Tokyo is three in the afternoon of the first in UTC.
    border = datetime(2026, 1, 1, 15, 0, tzinfo=UTC)
    make_profile(bot, first_name="Before", created_at=border - timedelta(microseconds=1), last_seen_at=border)
    make_profile(bot, first_name="After", created_at=border, last_seen_at=border)

    assert who(bot, "registered=2026-01-01") == {"Before"}
    assert who(bot, "registered>2026-01-01") == {"After"}
    assert who(bot, "registered<2026-01-02") == {"Before"}
    assert who(bot, "last_seen=2026-01-02") == {"Before", "After"}
    assert who(bot, "registered=2026-01-01", timezone="UTC") == {"Before", "After"}
    assert who(bot, "registered=2026-01-01", timezone="No/Where") == {"Before", "After"}


def test_a_day_that_begins_with_a_gap_begins_after_it(
    make_bot: Callable[..., Bot], make_profile: Make
) -> None:
    # In Cairo the clocks go from midnight to one o'clock on the 24th of April 2026: 22:00 UTC.
    bot = make_bot(timezone="Africa/Cairo")
    gap = datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    make_profile(bot, first_name="Before", created_at=gap - timedelta(seconds=1))
    make_profile(bot, first_name="After", created_at=gap)

    assert who(bot, "registered=2026-04-23") == {"Before"}
    assert who(bot, "registered=2026-04-24") == {"After"}


def test_the_condition_says_by_itself_who_may_be_written_to(bot: Bot, make_profile: Make) -> None:
    make_profile(bot, first_name="Vera")
    make_profile(bot, first_name="Silent", consented_at=None)

    with in_bot(bot.id):
        people = Profile.objects.for_bot(bot.id).filter(audience_filter(Criteria(), now=NOW))
        assert [each.first_name for each in people] == ["Vera"]


def test_a_stage_is_found_by_the_scope_of_its_index(bot: Bot) -> None:
    with in_bot(bot.id):
        stages = parse("journey_stage=ORDEAL", known_words())
        sql = str(audience(bot.id, stages, now=NOW).query)

    assert '"profiles"."journey_stage" IN (ORDEAL)' in sql


def test_streams_and_stages_are_known_by_all_their_names() -> None:
    words = known_words()

    assert {"hero-path", "past-lives", "open-heart", "shadow", "awakening"} <= {
        each.code for each in words.streams
    }
    assert [each.code for each in words.stages] == [code.value for code in StageCode]
    for each in words.stages:
        assert {stage(each.code, "ru").name, stage(each.code, "en").name} <= set(each.words())
