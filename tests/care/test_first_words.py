"""What a bot says by itself: when it is due, once, by the person's clock, within everybody's limits."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from bots.models import Bot
from care.hours import Hours, local_time, zones_within
from care.models import ProactiveMessage
from care.services.reach_out import _reach_out_for
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from journey.models import JourneyProgress
from journey.services.mark_told import mark_all_told
from mailbox.models import OutboundMessage
from profiles.models import Profile
from sessions_app.models import Message, Session
from tests.care.folk import in_session, running, talker

# Noon in Moscow, and a Monday.
NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def said(person: Profile) -> list[tuple[str, Any]]:
    with in_bot(person.bot_id):
        rows = OutboundMessage.objects.for_bot(person.bot_id).filter(chat_id=person.telegram_id)
        return list(rows.order_by("seq").values_list("priority", "params"))


def kinds(person: Profile) -> list[str]:
    with in_bot(person.bot_id):
        rows = ProactiveMessage.objects.for_bot(person.bot_id).filter(profile=person)
        return list(rows.order_by("created_at").values_list("kind", flat=True))


def reached(bot: Bot) -> int:
    bot.refresh_from_db()
    return sum(_reach_out_for(bot).values())


@pytest.fixture
def noon() -> Any:
    with clock.stopped(NOON) as stopped:
        yield stopped


@pytest.fixture
def moscow(bot: Bot) -> Bot:
    Bot.objects.filter(id=bot.id).update(proactive_off=["morning"])
    return running(bot)


def test_a_day_of_silence_in_a_session_is_spoken_to_once(moscow: Bot, noon: Clock) -> None:
    person = in_session(moscow, silent_for=timedelta(hours=23))
    assert reached(moscow) == 0
    noon.advance(timedelta(hours=2))
    assert reached(moscow) == 1
    assert reached(moscow) == 0
    noon.advance(timedelta(hours=24))
    assert reached(moscow) == 0
    ((priority, params),) = said(person)
    assert priority == 2
    assert "/pause" in params["text"]
    with in_bot(moscow.id):
        assert Message.objects.for_bot(moscow.id).filter(role="bot", session__isnull=False).count() == 1


def test_who_is_silent_outside_of_a_session_or_for_days_is_left_alone(moscow: Bot, noon: Clock) -> None:
    talker(moscow, "I wait.", last_seen_at=clock.now() - timedelta(hours=30))
    in_session(moscow, silent_for=timedelta(hours=73))
    assert reached(moscow) == 0


@pytest.mark.parametrize(
    ("timezone", "is_reached"),
    [
        ("", True),  # the bot's: noon
        ("Asia/Vladivostok", True),  # seven in the evening
        ("America/New_York", False),  # four in the morning
        ("Pacific/Auckland", False),  # ten at night
        ("Nowhere/Land", True),  # as if it were not known
    ],
)
def test_the_hours_are_the_persons(moscow: Bot, noon: Clock, timezone: str, is_reached: bool) -> None:
    in_session(moscow, silent_for=timedelta(hours=30), timezone=timezone)
    assert reached(moscow) == is_reached


def test_what_is_said_late_is_better_not_said(moscow: Bot, noon: Clock) -> None:
    person = in_session(moscow, silent_for=timedelta(hours=30))
    assert reached(moscow) == 1
    with in_bot(moscow.id):
        message = OutboundMessage.objects.for_bot(moscow.id).get(chat_id=person.telegram_id)
    # Nine in the evening in Moscow.
    assert message.not_after == datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"paused_at": NOON},
        {"blocked_at": NOON},
        {"is_underage": True},
        {"is_active": False},
        {"consented_at": None},
        {"proactive_a_day": 0},
    ],
)
def test_who_wants_or_may_have_nothing_is_left_alone(
    moscow: Bot, noon: Clock, fields: dict[str, Any]
) -> None:
    person = in_session(moscow, silent_for=timedelta(hours=30), **fields)
    assert reached(moscow) == 0
    assert said(person) == []


def test_a_paused_session_or_a_sign_of_crisis_keeps_the_bot_quiet(moscow: Bot, noon: Clock) -> None:
    paused = in_session(moscow, silent_for=timedelta(hours=30))
    shaken = in_session(moscow, silent_for=timedelta(hours=30))
    with in_bot(moscow.id):
        Session.objects.for_bot(moscow.id).filter(conversation__profile=paused).update(state="paused")
        Event.objects.create(
            bot=moscow, kind="crisis.detected", profile_id=shaken.id, created_at=NOON - timedelta(days=2)
        )
    assert reached(moscow) == 0


def test_a_kind_that_is_switched_off_and_a_bot_without_limit_say_nothing(moscow: Bot, noon: Clock) -> None:
    in_session(moscow, silent_for=timedelta(hours=30))
    Bot.objects.filter(id=moscow.id).update(proactive_off=["silence", "morning", "stage"])
    assert reached(moscow) == 0
    Bot.objects.filter(id=moscow.id).update(proactive_off=[], proactive_a_day=0)
    assert reached(moscow) == 0


def completed(person: Profile, *stages: str) -> None:
    with in_bot(person.bot_id):
        for place, stage in enumerate(stages):
            JourneyProgress.objects.create(
                bot=person.bot,
                profile=person,
                stage=stage,
                started_at=NOON - timedelta(days=9, minutes=place),
                left_at=NOON - timedelta(minutes=30 - place),
                outcome="completed",
            )


def test_completed_stages_are_told_once_and_two_a_day_at_most(moscow: Bot, noon: Clock) -> None:
    person = talker(moscow, "I go.", language="en")
    completed(person, "CALL_TO_ADVENTURE", "REFUSAL", "MEETING_MENTOR")
    assert reached(moscow) == 2
    assert reached(moscow) == 0
    noon.advance(timedelta(days=1))
    assert reached(moscow) == 1
    assert kinds(person) == ["stage"] * 3
    texts = [params["text"] for _, params in said(person)]
    assert ["Call to Adventure" in texts[0], "Refusal" in texts[1], "Mentor" in texts[2]] == [True] * 3


def test_what_was_told_at_the_end_of_a_session_is_not_told_again(moscow: Bot, noon: Clock) -> None:
    person = talker(moscow, "I go.")
    completed(person, "REFUSAL")
    with in_bot(moscow.id):
        mark_all_told(bot_id=moscow.id, profile_id=person.id)
    assert reached(moscow) == 0


def test_a_person_s_own_limit_holds_where_it_is_lower(moscow: Bot, noon: Clock) -> None:
    person = talker(moscow, "I go.", proactive_a_day=1)
    completed(person, "CALL_TO_ADVENTURE", "REFUSAL")
    assert reached(moscow) == 1


def test_a_morning_question_comes_once_a_morning_and_never_at_night(bot: Bot) -> None:
    running(bot)
    Bot.objects.filter(id=bot.id).update(proactive_off=["silence", "stage"])
    with clock.stopped(datetime(2026, 3, 2, 3, 0, tzinfo=UTC)) as stopped:  # six in Moscow
        person = in_session(bot, silent_for=timedelta(hours=7))
        counts = []
        for _ in range(48):
            counts.append(reached(bot))
            stopped.advance(timedelta(hours=1))
    # From nine to eleven, on both days.
    assert [hour for hour, count in enumerate(counts) if count] == [3, 27]
    assert kinds(person) == ["morning", "morning"]


def test_two_sweeps_at_once_keep_to_the_limit(moscow: Bot, noon: Clock) -> None:
    person = talker(moscow, "I go.")
    completed(person, "CALL_TO_ADVENTURE", "REFUSAL", "MEETING_MENTOR", "ORDEAL")

    def sweep(_: int) -> int:
        try:
            return reached(Bot.objects.get(id=moscow.id))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(sweep, range(4)))
    assert sum(counts) == len(said(person)) <= 2


def test_hours_know_their_end_and_every_zone() -> None:
    late = local_time(NOON, "Europe/Moscow")
    assert Hours(9, 24).end_of(late).astimezone(UTC) == datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    assert Hours(0, 24).holds(late)
    assert not Hours(13, 21).holds(late)
    assert local_time(NOON, "Nowhere/Land", "Europe/Moscow").hour == 12
    assert local_time(NOON, "", "").hour == 9
    assert "Europe/Moscow" in zones_within(Hours(9, 21), NOON)
    assert "America/New_York" not in zones_within(Hours(9, 21), NOON)


def test_whose_morning_it_is_is_found_in_the_index_alone() -> None:
    # Of a hundred thousand people a handful has its morning: each row that is opened for it costs twenty times as much.
    statement = (Path(__file__).parents[2] / "care" / "sql" / "mornings.sql").read_text()
    asked = set(re.findall(r"\bperson\.(\w+)", statement))
    (index,) = [each for each in Profile._meta.indexes if each.name == "profiles_bot_freshness"]
    condition = {name.partition("__")[0] for name, _value in index.condition.children}
    known = {name.lstrip("-") for name in index.fields} | set(index.include) | condition
    assert asked - {"bot_id"} <= known
