from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError

from bots.contracts import MetricSample
from bots.models import Bot, BotMetric, BotMetricDay
from bots.services.flush_metrics import flush_metrics
from bots.services.roll_up_metrics import roll_up_metrics
from bots.services.trim_metrics import trim_metrics
from bots.tasks import roll_up_metrics as task
from core.clock import Clock
from core.tenancy import in_bot, in_bots

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def sample(
    bot: Bot, *, at: datetime = NOON, name: str = "turns", count: int = 1, total: float = 1.0
) -> MetricSample:
    return MetricSample(bot_id=bot.id, name=name, at=at, count=count, total=total, largest=total)


def days(bot: Bot) -> list[tuple[Any, ...]]:
    with in_bot(bot.id):
        rows = BotMetricDay.objects.for_bot(bot.id).order_by("day", "name")
        return list(rows.values_list("day", "name", "count", "total", "largest"))


def test_samples_of_many_bots_are_kept_in_one_go(bot: Bot, other_bot: Bot) -> None:
    with in_bots([bot.id, other_bot.id]):
        assert (
            flush_metrics(samples=[sample(bot), sample(other_bot, count=3), sample(bot, name="updates")]) == 3
        )
        assert flush_metrics(samples=[]) == 0
    with in_bot(bot.id):
        assert BotMetric.objects.for_bot(bot.id).count() == 2
        assert BotMetric.objects.for_bot(other_bot.id).count() == 0


def test_a_bot_that_was_deleted_meanwhile_takes_nothing_with_it(bot: Bot) -> None:
    gone = MetricSample(bot_id=uuid4(), name="turns", at=NOON, count=1, total=1.0, largest=1.0)
    with in_bots([bot.id, gone.bot_id]):
        assert flush_metrics(samples=[gone, sample(bot)]) == 1


def test_samples_of_a_bot_outside_of_the_scope_are_refused(bot: Bot, other_bot: Bot) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), in_bot(bot.id):
        flush_metrics(samples=[sample(other_bot)])
    with in_bot(other_bot.id):
        assert BotMetric.objects.for_bot(other_bot.id).count() == 0


def test_a_day_is_added_up_and_may_be_added_up_again(bot: Bot, other_bot: Bot) -> None:
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    with in_bots([bot.id, other_bot.id]):
        flush_metrics(
            samples=[
                sample(bot, at=midnight, count=2, total=3.0),
                sample(bot, at=midnight + timedelta(hours=23), count=1, total=5.0),
                sample(bot, at=midnight - timedelta(microseconds=1), count=100),
                sample(bot, at=midnight + timedelta(days=1), count=100),
                sample(bot, name="updates", count=7, total=0.0),
                sample(other_bot, count=4, total=4.0),
            ]
        )
        assert roll_up_metrics(day=DAY) == 3
    expected = [(DAY, "turns", 3, 8.0, 5.0), (DAY, "updates", 7, 0.0, 0.0)]
    assert days(bot) == expected

    with in_bot(bot.id):
        flush_metrics(samples=[sample(bot, count=1, total=9.0)])
        roll_up_metrics(day=DAY)
        roll_up_metrics(day=DAY)
    assert days(bot) == [(DAY, "turns", 4, 17.0, 9.0), expected[1]]
    assert days(other_bot) == [(DAY, "turns", 4, 4.0, 4.0)]


def test_samples_go_after_two_weeks_a_slice_at_a_time(bot: Bot, stopped_clock: Clock) -> None:
    now = stopped_clock.now()
    with in_bot(bot.id):
        flush_metrics(samples=[sample(bot, at=now - timedelta(days=14, seconds=n + 1)) for n in range(5)])
        flush_metrics(samples=[sample(bot, at=now - timedelta(days=14))])
        assert [trim_metrics(most=2) for _ in range(4)] == [2, 2, 1, 0]
        assert BotMetric.objects.for_bot(bot.id).count() == 1


def test_the_task_adds_up_yesterday_and_today_for_all_bots(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    now = stopped_clock.now()
    with in_bots([bot.id, other_bot.id]):
        flush_metrics(
            samples=[
                sample(bot, at=now),
                sample(other_bot, at=now - timedelta(days=1)),
                sample(bot, at=now - timedelta(days=2)),
                sample(bot, at=now - timedelta(days=20)),
            ]
        )

    task()
    task()

    assert days(bot) == [(DAY, "turns", 1, 1.0, 1.0)]
    assert days(other_bot) == [(DAY - timedelta(days=1), "turns", 1, 1.0, 1.0)]
    with in_bot(bot.id):
        assert BotMetric.objects.for_bot(bot.id).count() == 2
