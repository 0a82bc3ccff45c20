"""The weekly run over all bots: it makes room for others in time, and what was cut short goes on by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import redis
from celery.signals import worker_shutting_down

from bots.models import Bot
from config.celery import app
from core import stopping
from core.clock import Clock, clock
from core.ids import new_id
from core.tenancy import in_bot
from profiles import tasks
from profiles.models import ActivityLog, ArchivedActivity
from tests.cast import make_profile

OLD = timedelta(days=91)


def did_long_ago(bot: Bot) -> None:
    vera = make_profile(bot)
    with in_bot(bot.id):
        ActivityLog.objects.create(
            id=new_id(), bot=bot, profile=vera, kind="message", created_at=clock.now() - OLD
        )


def archived(bot: Bot) -> int:
    with in_bot(bot.id):
        return ArchivedActivity.objects.for_bot(bot.id).count()


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    lines = [dict(record.msg) for record in caplog.records if record.name == "core.cron"]
    names = ("event", "moved_old", "moved_excess", "slices", "is_cut_short")
    return [{name: line[name] for name in names} for line in lines]


@pytest.fixture
def asked_for(redis_url: str) -> Iterator[Callable[[], list[str]]]:
    """The runs of this task that wait in the queue, by name."""
    assert app.conf.broker_url == redis_url
    broker = redis.Redis.from_url(redis_url)

    def waiting() -> list[bytes]:
        return [
            each for each in broker.lrange("celery", 0, -1) if tasks.archive_activity.name.encode() in each
        ]

    yield lambda: [json.loads(each)["headers"]["task"] for each in waiting()]
    for each in waiting():
        broker.lrem("celery", 0, each)


@pytest.fixture
def a_stopping_worker() -> Iterator[None]:
    worker_shutting_down.send(sender="worker@here", sig="SIGTERM", how="Warm", exitcode=0)
    yield
    stopping._flag[0] = 0


def test_all_bots_have_their_turn_and_the_run_says_what_it_came_to(
    bot: Bot,
    other_bot: Bot,
    stopped_clock: Clock,
    caplog: pytest.LogCaptureFixture,
    asked_for: Callable[[], list[str]],
) -> None:
    tasks.archive_activity()
    for each in (bot, other_bot):
        did_long_ago(each)
    caplog.clear()
    with caplog.at_level("INFO"):
        tasks.archive_activity()
    assert (archived(bot), archived(other_bot)) == (1, 1)
    assert told(caplog) == [
        {"event": "cron.done", "moved_old": 2, "moved_excess": 0, "slices": 2, "is_cut_short": False}
    ]
    assert asked_for() == []


def test_a_run_that_takes_too_long_makes_room_and_asks_for_another(
    bot: Bot,
    stopped_clock: Clock,
    caplog: pytest.LogCaptureFixture,
    asked_for: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "LONGEST", -1.0)
    did_long_ago(bot)
    with caplog.at_level("INFO"):
        tasks.archive_activity()
    assert [each["is_cut_short"] for each in told(caplog)] == [True]
    assert asked_for() == ["profiles.tasks.archive_activity"]


def test_a_worker_that_stops_leaves_after_the_slice_in_hand(
    bot: Bot,
    stopped_clock: Clock,
    caplog: pytest.LogCaptureFixture,
    asked_for: Callable[[], list[str]],
    a_stopping_worker: None,
) -> None:
    did_long_ago(bot)
    with caplog.at_level("INFO"):
        tasks.archive_activity()
    (figures,) = told(caplog)
    assert (figures["is_cut_short"], figures["slices"] in (0, 1)) == (True, True)
    assert asked_for() == ["profiles.tasks.archive_activity"]
