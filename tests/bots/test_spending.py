from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.contracts import MetricSample
from bots.models import Alert, Bot, BotMetric
from bots.selectors.spending import ROTATION, TOTAL, Spending, budget_left, spent_today
from bots.services.flush_metrics import flush_metrics
from bots.services.roll_up_metrics import roll_up_metrics
from bots.services.tell_if_spent import tell_if_spent
from bots.services.trim_metrics import trim_metrics
from bots.services.watch_budgets import watch_budgets
from core.clock import Clock, clock
from core.tenancy import in_bot
from tests.cast import make_bot

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> Any:
    with clock.stopped(NOON) as stopped:
        yield stopped


def spend(bot: Bot, micros: float, *, name: str = TOTAL, at: datetime | None = None) -> None:
    with in_bot(bot.id):
        flush_metrics(samples=[MetricSample(bot.id, name, at or clock.now(), 3, micros, micros)])


def test_the_days_samples_are_added_up(bot: Bot, other_bot: Bot, noon: Clock) -> None:
    assert spent_today(bot_id=bot.id) == Spending(0, 0)
    spend(bot, 1500.4)
    spend(bot, 250.4)
    spend(bot, 250.0, name=ROTATION)
    spend(bot, 9e9, name="turn_seconds")
    spend(other_bot, 7e6)
    assert spent_today(bot_id=bot.id) == Spending(total_micros=1751, rotation_micros=250)
    assert spent_today(bot_id=other_bot.id) == Spending(7_000_000, 0)


def test_a_day_begins_at_midnight_utc(bot: Bot, noon: Clock) -> None:
    midnight = NOON.replace(hour=0)
    spend(bot, 10.0, at=midnight)
    spend(bot, 1000.0, at=midnight - timedelta(microseconds=1))
    assert spent_today(bot_id=bot.id).total_micros == 10
    noon.advance(timedelta(hours=12))
    assert spent_today(bot_id=bot.id).total_micros == 0


def test_adding_up_and_trimming_neither_doubles_nor_loses_what_was_spent_today(bot: Bot, noon: Clock) -> None:
    spend(bot, 40.0)
    spend(bot, 2.0, at=NOON - timedelta(days=15))
    for _ in range(3):
        with in_bot(bot.id):
            roll_up_metrics(day=NOON.date() - timedelta(days=1))
            roll_up_metrics(day=NOON.date())
            trim_metrics()
    with in_bot(bot.id):
        assert BotMetric.objects.for_bot(bot.id).count() == 1
    assert spent_today(bot_id=bot.id).total_micros == 40


@pytest.mark.parametrize(
    ("daily", "rotation", "own_left", "rotation_left"),
    [
        (None, None, None, None),
        (1.0, None, 400_000, 400_000),
        (None, 0.25, None, 150_000),
        (1.0, 0.25, 400_000, 150_000),
        (0.65, 0.25, 50_000, 50_000),
        (0.5, 0.25, 0, 0),
        (1.0, 0.05, 400_000, 0),
        (0.0, None, 0, 0),
    ],
)
def test_what_is_left_is_the_least_of_the_budgets_that_hold(
    noon: Clock, daily: float | None, rotation: float | None, own_left: int | None, rotation_left: int | None
) -> None:
    bot = make_bot(daily_budget_usd=daily, rotation_budget_usd=rotation)
    spend(bot, 600_000)
    spend(bot, 100_000, name=ROTATION)
    assert budget_left(bot_id=bot.id, purpose="own") == own_left
    assert budget_left(bot_id=bot.id, purpose="rotation") == rotation_left


def test_a_bot_that_is_gone_has_no_limit(noon: Clock) -> None:
    bot = make_bot(daily_budget_usd=0.0)
    gone = bot.id
    Bot.objects.filter(id=gone).update(daily_budget_usd=None)
    assert budget_left(bot_id=gone, purpose="own") is None


def test_without_a_budget_no_figures_are_read(bot: Bot, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert budget_left(bot_id=bot.id, purpose="rotation") is None


def told(bot: Bot) -> list[tuple[str, str]]:
    found = Alert.objects.filter(bot=bot, kind="budget_spent").order_by("first_at", "id")
    return list(found.values_list("subject", "detail"))


def test_a_spent_budget_is_told_once_a_day(noon: Clock) -> None:
    bot = make_bot(daily_budget_usd=1.0, rotation_budget_usd=0.5)
    assert tell_if_spent(bot_id=bot.id) is False
    spend(bot, 999_999)
    assert tell_if_spent(bot_id=bot.id) is False
    spend(bot, 1)
    assert tell_if_spent(bot_id=bot.id) is True
    for _ in range(6):
        noon.advance(timedelta(minutes=20))
        assert tell_if_spent(bot_id=bot.id) is False
    assert told(bot) == [("2026-03-02 daily", "1.00 of 1.00 USD")]

    spend(bot, 500_001, name=ROTATION)
    assert tell_if_spent(bot_id=bot.id) is True
    assert told(bot)[1] == ("2026-03-02 rotation", "0.50 of 0.50 USD")

    noon.advance(timedelta(hours=24))
    assert tell_if_spent(bot_id=bot.id) is False
    spend(bot, 2_000_000)
    assert tell_if_spent(bot_id=bot.id) is True
    assert told(bot)[2] == ("2026-03-03 daily", "2.00 of 1.00 USD")


def test_both_budgets_that_are_spent_at_once_are_told(noon: Clock) -> None:
    bot = make_bot(daily_budget_usd=0.5, rotation_budget_usd=0.5)
    spend(bot, 500_000)
    spend(bot, 500_000, name=ROTATION)
    assert tell_if_spent(bot_id=bot.id) is True
    assert [subject for subject, _ in told(bot)] == ["2026-03-02 daily", "2026-03-02 rotation"]


def test_every_bot_that_runs_within_a_budget_is_watched(noon: Clock) -> None:
    Bot.objects.update(wanted_state="stopped")
    running = [make_bot(daily_budget_usd=0.5, wanted_state="running") for _ in range(2)]
    paused = make_bot(rotation_budget_usd=0.0, wanted_state="paused")
    stopped = make_bot(daily_budget_usd=0.0)
    unlimited = make_bot(wanted_state="running")
    spend(running[0], 500_000)
    spend(unlimited, 500_000)
    assert watch_budgets() == 2
    assert watch_budgets() == 0
    assert [len(told(bot)) for bot in (*running, paused, stopped, unlimited)] == [1, 0, 1, 0, 0]


def test_without_a_budget_nothing_is_ever_spent(bot: Bot, noon: Clock) -> None:
    spend(bot, 1e12)
    assert tell_if_spent(bot_id=bot.id) is False
    assert told(bot) == []
