"""/stats and the tasks that Celery runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bots.models import Bot
from care import tasks
from care.models import RotationRun
from care.selectors.bot_figures import bot_figures
from care.services.show_stats import show_stats, stats_line
from care.services.want_rotation import want_rotation_from_telegram
from core.clock import clock
from core.tenancy import in_bot
from profiles.models import Profile
from sessions_app.companion import StageBook
from sessions_app.models import Session
from tests.care.folk import again, in_session, talker
from tests.cast import make_profile
from tests.sessions_app.guests import make_guest

WORDS = "I am afraid and I long for another life by the sea."


def test_the_figures_are_exact(bot: Bot, other_bot: Bot) -> None:
    now = clock.now()
    talker(other_bot, WORDS)
    talker(bot, WORDS, journey_stage="ORDEAL", started_journey_at=now, visited_platform_at=now)
    talker(bot, WORDS, journey_stage="ORDEAL", started_journey_at=now, purchased_stream_at=now)
    make_profile(bot, consented_at=None, is_active=False, last_seen_at=now - timedelta(days=3))
    make_profile(bot, last_seen_at=now - timedelta(days=20))
    person = in_session(bot)
    with in_bot(bot.id):
        Session.objects.for_bot(bot.id).filter(conversation__profile=person).update(state="completed")
        figures = bot_figures(bot_id=bot.id)
    assert (figures.people, figures.consented, figures.active) == (5, 4, 4)
    assert (figures.seen_day, figures.seen_week, figures.seen_month) == (3, 4, 5)
    assert (figures.open_sessions, figures.completed_sessions, figures.messages_day) == (0, 1, 3)
    assert (figures.started, figures.completed, figures.visited, figures.purchased) == (2, 0, 1, 1)
    assert (figures.stages, figures.cost_micros, figures.run) == ((("ORDEAL", 2),), 0, None)
    told = stats_line("en", figures, bot_name="<Natasha>", stages=StageBook()).html
    assert "&lt;Natasha&gt;" in told
    assert "Ordeal: 2" in told


def test_admins_are_shown_the_figures_with_the_last_round(bot: Bot) -> None:
    guest = make_guest(bot)
    with in_bot(bot.id):
        RotationRun.objects.create(
            bot=bot,
            trigger="daily",
            state="done",
            candidates=7,
            processed=6,
            updated=5,
            wanted_at=clock.now(),
        )
    guest.asks(show_stats, "/stats", bot_name="Natasha", stages=StageBook())
    assert "Portraits: done, 6 of 7, 5 updated" in guest.heard()[-1]


def test_a_round_that_was_asked_for_in_telegram_is_asked_for_once(bot: Bot) -> None:
    guest = make_guest(bot)
    guest.asks(want_rotation_from_telegram, "/fill_profiles")
    guest.asks(want_rotation_from_telegram, "/fill_profiles")
    assert guest.heard() == [
        "The refreshing of portraits begins within a minute.",
        "The portraits are being refreshed already.",
    ]
    with in_bot(bot.id):
        (run,) = RotationRun.objects.for_bot(bot.id)
    assert (run.trigger, run.state, run.is_for_all) == ("telegram", "wanted", True)
    assert run.report_id in guest.posts("id")


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What is handed to Celery: the world ends there."""
    handed: list[tuple[str, Any]] = []
    monkeypatch.setattr(tasks.rotate_batch, "delay", lambda *named: handed.append(("delay", named)))
    monkeypatch.setattr(
        tasks.rotate_batch,
        "apply_async",
        lambda named, countdown: handed.append((f"in {countdown} s", named)),
    )
    return handed


def test_each_batch_asks_for_the_next_after_a_pause(
    bot: Bot, enqueued: list[tuple[str, Any]], settings: Any
) -> None:
    settings.ROTATION_PAUSE_SECONDS = 5.0
    people: list[Profile] = [talker(bot, WORDS) for _ in range(11)]
    tasks.rotate_profiles()
    (named,) = [named for how, named in enqueued if how == "delay" and named[0] == str(bot.id)]
    enqueued.clear()
    tasks.rotate_batch(*named)
    assert enqueued == [("in 5.0 s", named)]
    enqueued.clear()
    tasks.rotate_batch(*named)
    tasks.rotate_batch(*named)
    assert enqueued == [("in 5.0 s", named)]
    assert all(again(each).psychological_summary for each in people)


def test_rounds_that_nobody_goes_on_with_are_begun_again(bot: Bot, enqueued: list[tuple[str, Any]]) -> None:
    with in_bot(bot.id):
        run = RotationRun.objects.create(bot=bot, trigger="telegram", wanted_at=clock.now())
    tasks.sweep_rotation()
    assert ("delay", (str(bot.id), str(run.id))) in enqueued


def test_reaching_out_and_telling_admins_run_as_tasks() -> None:
    tasks.reach_out_to_people()
    tasks.tell_admins()
