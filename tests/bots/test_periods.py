from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from bots.health import Period
from bots.models import Bot, BotPeriod
from bots.selectors.bot_periods import bot_periods
from bots.services.observe_state import observe_state
from bots.services.record_polls import record_polls
from bots.services.trim_periods import PERIODS_LIVE, trim_periods
from bots.tasks import roll_up_metrics
from core.clock import Clock
from core.tenancy import in_bot, in_bots
from tests.fixtures.database import database_role


def kept(bot: Bot) -> list[tuple[str, float]]:
    with in_bot(bot.id):
        rows = BotPeriod.objects.for_bot(bot.id).order_by("until")
        return [(each.state, (each.until - each.since).total_seconds()) for each in rows]


def test_a_state_is_kept_once_it_ends(bot: Bot, stopped_clock: Clock) -> None:
    observe_state(bot_id=bot.id, state="starting")
    # How long it had stood still before, nobody knows.
    assert kept(bot) == []
    stopped_clock.advance(timedelta(seconds=5))
    observe_state(bot_id=bot.id, state="running")
    stopped_clock.advance(timedelta(hours=2))
    record_polls(polls={bot.id: (stopped_clock.now(), None)})
    stopped_clock.advance(timedelta(minutes=3))
    observe_state(bot_id=bot.id, state="deaf", error="no answer")
    observe_state(bot_id=bot.id, state="deaf", error="still no answer")

    assert kept(bot) == [("starting", 5.0), ("running", 7380.0)]
    with in_bot(bot.id):
        heard_at = BotPeriod.objects.for_bot(bot.id).get(state="running").heard_at
    assert heard_at == stopped_clock.now() - timedelta(minutes=3)


def test_what_was_wrong_is_kept_with_it_and_not_at_length(bot: Bot, stopped_clock: Clock) -> None:
    observe_state(bot_id=bot.id, state="conflict", error="somebody else polls " * 20)
    stopped_clock.advance(timedelta(seconds=1))
    observe_state(bot_id=bot.id, state="running")
    with in_bot(bot.id):
        error = BotPeriod.objects.for_bot(bot.id).get().error
    assert error.startswith("somebody else polls")
    assert len(error) == 200


def test_a_state_that_ended_before_it_began_is_not_kept(bot: Bot, stopped_clock: Clock) -> None:
    observe_state(bot_id=bot.id, state="starting")
    observe_state(bot_id=bot.id, state="running")
    assert kept(bot) == []
    stopped_clock.advance(timedelta(minutes=-1))
    assert observe_state(bot_id=bot.id, state="deaf") is True
    assert kept(bot) == []


def test_what_was_and_what_is_are_told_together(bot: Bot, stopped_clock: Clock) -> None:
    since = stopped_clock.now()
    observe_state(bot_id=bot.id, state="starting")
    stopped_clock.advance(timedelta(minutes=1))
    observe_state(bot_id=bot.id, state="running")
    stopped_clock.advance(timedelta(minutes=1))
    now = stopped_clock.now()
    fresh = Bot.objects.get(id=bot.id)
    with in_bot(bot.id):
        found = bot_periods(bot=fresh, since=since - timedelta(days=1), now=now)
        later = bot_periods(bot=fresh, since=since + timedelta(minutes=1), now=now)
    minute = timedelta(minutes=1)
    assert found == [
        Period("running", since + minute, now),
        Period("starting", since, since + minute),
    ]
    assert later == found[:1]


def test_a_bot_that_nobody_observed_stands_still_since_it_was_made(bot: Bot, stopped_clock: Clock) -> None:
    with in_bot(bot.id):
        (period,) = bot_periods(bot=bot, since=stopped_clock.now(), now=stopped_clock.now())
    assert (period.state, period.since) == ("stopped", bot.created_at)
    with in_bots(()):
        assert bot_periods(bot=Bot(), since=stopped_clock.now(), now=stopped_clock.now()) == []


def test_old_states_are_forgotten_by_the_slice_and_by_nobody_elses_hand(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    for each in (bot, other_bot):
        for state in ("starting", "running", "deaf", "running"):
            observe_state(bot_id=each.id, state=state)
            stopped_clock.advance(timedelta(minutes=1))
    stopped_clock.advance(PERIODS_LIVE)
    observe_state(bot_id=bot.id, state="paused")

    with in_bot(bot.id):
        assert [trim_periods(most=2), trim_periods(most=2)] == [2, 1]
    assert [state for state, _seconds in kept(bot)] == ["running"]
    assert len(kept(other_bot)) == 3
    roll_up_metrics()
    assert kept(other_bot) == []


def test_who_sees_figures_alone_sees_how_it_was_and_writes_nothing(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    for each in (bot, other_bot):
        observe_state(bot_id=each.id, state="starting")
        stopped_clock.advance(timedelta(minutes=1))
        observe_state(bot_id=each.id, state="running")
    with database_role("staff"):
        with in_bots((), figures=(bot.id,)):
            assert list(BotPeriod.objects.values_list("bot_id", "state")) == [(bot.id, "starting")]
        now = stopped_clock.now()
        with pytest.raises(DatabaseError), in_bots((), figures=(bot.id,)):
            BotPeriod.objects.create(bot_id=bot.id, state="running", since=now, until=now + PERIODS_LIVE)
