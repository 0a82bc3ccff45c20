from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from bots.models import Alert, Bot
from core.clock import Clock
from llm.breaker import Breaker
from runtime.alarms import ModelWatch

MODEL = "gpt-4o-mini"


def alerts(bot: Bot) -> list[tuple[Any, ...]]:
    found = Alert.objects.filter(bot=bot).order_by("first_at", "id")
    return list(found.values_list("kind", "subject", "detail", "count"))


def broken() -> Breaker:
    """A circuit that has just opened."""
    breaker = Breaker(threshold=1)
    breaker.failed()
    return breaker


def looker(bot: Bot, watch: ModelWatch | None = None, model: str = MODEL) -> Any:
    watch = watch or ModelWatch()

    def look(breaker: Breaker) -> list[str]:
        has_news = watch.has_news(bot_id=bot.id, breaker=breaker, model=model)
        news = watch.look(bot_id=bot.id, slug=bot.slug, breaker=breaker, model=model)
        # Nothing is told without having been announced.
        assert has_news or not news
        return news

    return look


def test_a_model_that_answers_is_no_news(bot: Bot) -> None:
    assert looker(bot)(Breaker()) == []
    assert alerts(bot) == []


def test_a_model_that_is_away_for_five_minutes_is_told_once(bot: Bot, stopped_clock: Clock) -> None:
    look, breaker = looker(bot), broken()
    since = stopped_clock.now()
    stopped_clock.advance(timedelta(minutes=4, seconds=59))
    assert look(breaker) == []
    stopped_clock.advance(timedelta(seconds=1))
    assert look(breaker) == ["model_unreachable"]
    for _ in range(30):
        stopped_clock.advance(timedelta(minutes=2))
        assert look(breaker) == []
    assert alerts(bot) == [("model_unreachable", MODEL, f"since {since:%H:%M} UTC", 1)]


def test_an_idle_bots_model_stays_away_while_nobody_asks(bot: Bot, stopped_clock: Clock) -> None:
    look, breaker = looker(bot), broken()
    stopped_clock.advance(timedelta(minutes=5))
    assert breaker.state == "half_open"
    assert look(breaker) == ["model_unreachable"]
    stopped_clock.advance(timedelta(days=1))
    assert look(breaker) == []


def test_its_return_is_told_once(bot: Bot, stopped_clock: Clock) -> None:
    look, breaker = looker(bot), broken()
    stopped_clock.advance(timedelta(minutes=6))
    look(breaker)
    stopped_clock.advance(timedelta(minutes=6))
    breaker.succeeded()
    assert look(breaker) == ["model_back"]
    assert look(breaker) == []
    assert alerts(bot)[-1] == ("model_back", MODEL, "after 12 min", 1)
    assert len(alerts(bot)) == 2


def test_a_model_that_comes_back_before_five_minutes_is_never_mentioned(
    bot: Bot, stopped_clock: Clock
) -> None:
    look, breaker = looker(bot), broken()
    stopped_clock.advance(timedelta(minutes=3))
    assert look(breaker) == []
    breaker.succeeded()
    assert look(breaker) == []
    breaker.failed()
    stopped_clock.advance(timedelta(minutes=3))
    assert look(breaker) == []
    assert alerts(bot) == []


def test_what_was_swallowed_as_a_repetition_is_told_as_soon_as_it_may_be(
    bot: Bot, stopped_clock: Clock
) -> None:
    look, breaker = looker(bot), broken()
    stopped_clock.advance(timedelta(minutes=5))
    assert look(breaker) == ["model_unreachable"]
    breaker.succeeded()
    assert look(breaker) == ["model_back"]
    breaker.failed()
    # Away again: the second alert within a quarter of an hour is not told, but staff believe that it is back.
    told = []
    for _ in range(40):
        stopped_clock.advance(timedelta(seconds=30))
        told += look(breaker)
    assert told == ["model_unreachable"]
    # Seconds after the quarter, at most five minutes late; and each try is counted, not each look.
    assert [count for kind, _, _, count in alerts(bot) if kind == "model_unreachable"] == [3, 1]
    breaker.succeeded()
    assert look(breaker) == ["model_back"]


def test_a_return_of_which_nobody_was_told_away_is_not_told(bot: Bot, stopped_clock: Clock) -> None:
    look, breaker = looker(bot), broken()
    stopped_clock.advance(timedelta(minutes=5))
    look(breaker)
    breaker.succeeded()
    look(breaker)
    breaker.failed()
    stopped_clock.advance(timedelta(minutes=5))
    assert look(breaker) == []
    breaker.succeeded()
    stopped_clock.advance(timedelta(minutes=5))
    assert look(breaker) == []
    assert [kind for kind, *_ in alerts(bot)] == ["model_unreachable", "model_back"]


@pytest.mark.parametrize("model", [MODEL, "another"])
def test_another_model_or_another_way_to_it_begins_anew(bot: Bot, stopped_clock: Clock, model: str) -> None:
    watch = ModelWatch()
    stopped = broken()
    stopped_clock.advance(timedelta(minutes=5))
    looker(bot, watch)(stopped)
    assert looker(bot, watch, model)(Breaker()) == []
    assert [kind for kind, *_ in alerts(bot)] == ["model_unreachable"]


def test_a_bot_that_left_is_forgotten(bot: Bot, stopped_clock: Clock) -> None:
    watch = ModelWatch()
    breaker = broken()
    stopped_clock.advance(timedelta(minutes=5))
    looker(bot, watch)(breaker)
    watch.forget(bot.id)
    breaker.succeeded()
    assert looker(bot, watch)(breaker) == []


def test_one_watch_keeps_bots_apart(bot: Bot, other_bot: Bot, stopped_clock: Clock) -> None:
    watch = ModelWatch()
    breaker = broken()
    stopped_clock.advance(timedelta(minutes=5))
    assert looker(bot, watch)(breaker) == ["model_unreachable"]
    assert looker(other_bot, watch)(Breaker()) == []
    assert alerts(other_bot) == []


def test_what_a_database_that_fails_did_not_take_is_told_at_the_next_look(
    bot: Bot, stopped_clock: Clock
) -> None:
    look, breaker = looker(bot), broken()
    stopped_clock.advance(timedelta(minutes=5))
    with transaction.atomic():
        # A transaction that is past saving takes no statement.
        transaction.set_rollback(True)
        with pytest.raises(DatabaseError):
            look(breaker)
    assert look(breaker) == ["model_unreachable"]


def test_news_can_be_asked_for_without_the_database(bot: Bot, stopped_clock: Clock) -> None:
    watch, breaker = ModelWatch(), broken()
    gone = UUID(int=0)
    assert watch.has_news(bot_id=gone, breaker=breaker, model=MODEL) is False
    stopped_clock.advance(timedelta(minutes=5))
    assert watch.has_news(bot_id=gone, breaker=breaker, model=MODEL) is True
