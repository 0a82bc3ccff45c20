from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bots.models import Alert, Bot, BotStatus
from bots.services.acquire_lease import acquire_lease
from bots.services.observe_state import observe_state
from bots.services.record_identity import record_identity
from bots.services.record_polls import record_polls
from core.clock import Clock
from core.tenancy import in_bot
from events.models import Event
from tests.cast import make_bot, make_token


def changes(bot: Bot) -> list[dict[str, Any]]:
    with in_bot(bot.id):
        events = Event.objects.for_bot(bot.id).filter(kind="bot.state_changed").order_by("id")
        return list(events.values_list("payload", flat=True))


def test_a_change_of_state_is_written_and_recorded_once(bot: Bot, stopped_clock: Clock) -> None:
    assert observe_state(bot_id=bot.id, state="starting") is True
    started = stopped_clock.now()
    stopped_clock.advance(timedelta(seconds=5))
    assert observe_state(bot_id=bot.id, state="starting") is False

    status = BotStatus.objects.get(bot=bot)
    assert (status.state, status.state_since) == ("starting", started)
    assert changes(bot) == [{"from": "stopped", "to": "starting"}]


def test_another_error_in_the_same_state_is_written_without_an_event(bot: Bot, stopped_clock: Clock) -> None:
    observe_state(bot_id=bot.id, state="backing_off", error="network")
    since = stopped_clock.now()
    stopped_clock.advance(timedelta(minutes=1))

    assert observe_state(bot_id=bot.id, state="backing_off", error="timeout") is True

    status = BotStatus.objects.get(bot=bot)
    assert (status.error, status.state_since) == ("timeout", since)
    assert len(changes(bot)) == 1


def test_restarts_and_the_generation_that_runs_are_kept(bot: Bot) -> None:
    observe_state(bot_id=bot.id, state="starting", restarts_delta=1)
    observe_state(bot_id=bot.id, state="starting", restarts_delta=1, generation=4)
    assert observe_state(bot_id=bot.id, state="starting", generation=4) is False
    status = BotStatus.objects.get(bot=bot)
    assert (status.restarts, status.generation) == (2, 4)


def test_a_holder_that_was_replaced_writes_nothing(bot: Bot) -> None:
    acquire_lease(bot_id=bot.id, holder="old", seconds=-1)
    acquire_lease(bot_id=bot.id, holder="new", seconds=600)

    assert observe_state(bot_id=bot.id, state="deaf", epoch=1) is False
    assert observe_state(bot_id=bot.id, state="running", epoch=2) is True

    assert BotStatus.objects.get(bot=bot).state == "running"
    assert changes(bot) == [{"from": "stopped", "to": "running"}]


def test_an_error_is_kept_without_secrets_and_never_too_long(bot: Bot) -> None:
    token = make_token()
    observe_state(
        bot_id=bot.id, state="crashed", error=f"POST /bot{token}/getUpdates\x00 failed " + "x" * 900
    )
    error = BotStatus.objects.get(bot=bot).error
    assert token not in error
    assert error.startswith("POST /bot")
    assert len(error) == 500


def test_a_bot_that_is_gone_is_no_news() -> None:
    assert observe_state(bot_id=uuid4(), state="running") is False


def test_who_the_bot_is_in_telegram_is_written_when_it_is_news(bot: Bot) -> None:
    assert record_identity(bot_id=bot.id, telegram_id=42, username="vera_bot") is True
    assert record_identity(bot_id=bot.id, telegram_id=42, username="vera_bot") is False
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.telegram_id, fresh.username) == (42, "vera_bot")
    assert (fresh.generation, fresh.updated_at) == (1, bot.updated_at)


def test_polls_of_many_bots_are_written_in_one_statement_and_never_go_back(
    stopped_clock: Clock, django_assert_num_queries: Any
) -> None:
    first, second, untouched = make_bot(), make_bot(), make_bot()
    then = stopped_clock.now()
    assert record_polls(polls={first.id: (then, then), second.id: (then, None), uuid4(): (then, then)}) == 2

    before = then - timedelta(minutes=1)
    after = then + timedelta(seconds=9)
    with django_assert_num_queries(0):  # ours goes to psycopg directly, and is the only one
        record_polls(polls={first.id: (after, None), second.id: (before, after)})

    def times(bot: Bot) -> tuple[Any, Any]:
        status = BotStatus.objects.get(bot=bot)
        return status.last_poll_at, status.last_update_at

    assert times(first) == (after, then)
    assert times(second) == (then, after)
    assert times(untouched) == (None, None)
    assert record_polls(polls={}) == 0


def alerts(bot: Bot) -> list[tuple[Any, ...]]:
    found = Alert.objects.filter(bot=bot).order_by("first_at", "id")
    return list(found.values_list("kind", "subject", "detail", "count"))


@pytest.mark.parametrize(
    ("state", "kind", "subject"),
    [
        ("deaf", "bot_deaf", ""),
        ("conflict", "bot_deaf", "conflict"),
        ("crashed", "bot_crashed", ""),
        ("token_revoked", "token_revoked", ""),
    ],
)
def test_staff_are_told_of_a_state_that_needs_them(bot: Bot, state: str, kind: str, subject: str) -> None:
    token = make_token()
    observe_state(bot_id=bot.id, state=state, error=f"POST /bot{token}/getUpdates: timed out")
    # The same state for another reason is no news.
    observe_state(bot_id=bot.id, state=state, error="something else")
    assert alerts(bot) == [(kind, subject, "POST /bot<token>/getUpdates: timed out", 1)]


@pytest.mark.parametrize("state", ["starting", "running", "backing_off", "paused", "stopped"])
def test_staff_are_not_told_of_what_passes_by_itself(bot: Bot, state: str) -> None:
    observe_state(bot_id=bot.id, state="starting")
    observe_state(bot_id=bot.id, state=state, error="x")
    assert alerts(bot) == []


def test_a_bot_that_comes_and_goes_is_counted(bot: Bot, stopped_clock: Clock) -> None:
    for _ in range(3):
        observe_state(bot_id=bot.id, state="running")
        observe_state(bot_id=bot.id, state="deaf")
        stopped_clock.advance(timedelta(minutes=4))
    assert alerts(bot) == [("bot_deaf", "", "", 3)]


def test_a_holder_that_was_replaced_alarms_nobody(bot: Bot) -> None:
    acquire_lease(bot_id=bot.id, holder="old", seconds=-1)
    acquire_lease(bot_id=bot.id, holder="new", seconds=600)
    observe_state(bot_id=bot.id, state="deaf", epoch=1)
    assert alerts(bot) == []
