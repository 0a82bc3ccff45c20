"""/stats and the tasks that Celery runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from bots.contracts import MetricSample
from bots.models import Bot
from bots.services.flush_metrics import flush_metrics
from care import tasks
from care.models import KeptFigures, RotationRun
from care.selectors.bot_figures import bot_figures
from care.services.refresh_figures import refresh_figures
from care.services.show_stats import show_stats, stats_line
from care.services.take_figures import take_figures
from care.services.want_rotation import want_rotation_from_telegram
from core.clock import Clock, clock
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
    talker(bot, WORDS, journey_stage="ORDEAL", has_started_journey=True, has_visited_platform=True)
    talker(bot, WORDS, journey_stage="ORDEAL", has_started_journey=True, has_purchased_stream=True)
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
    told = stats_line("en", figures, bot_name="<Natasha>", stages=StageBook(), now=now).html
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


def slow(bot: Bot, *, took_ms: int = 400) -> None:
    """Count the figures of this bot, as if that had taken so long."""
    with in_bot(bot.id):
        take_figures(bot_id=bot.id)
        KeptFigures.objects.for_bot(bot.id).update(took_ms=took_ms)


def people(bot: Bot) -> int:
    """How many the figures say there are."""
    with in_bot(bot.id):
        return bot_figures(bot_id=bot.id).people


def kept(bot: Bot) -> KeptFigures:
    with in_bot(bot.id):
        return KeptFigures.objects.for_bot(bot.id).get()


def test_a_bot_that_is_quickly_counted_shows_live_figures(bot: Bot, stopped_clock: Clock) -> None:
    assert people(bot) == 0
    talker(bot, WORDS, journey_stage="ORDEAL")
    assert people(bot) == 1
    row = kept(bot)
    assert (row.took_ms, row.taken_at) == (0, clock.now())
    assert (row.figures["people"], row.figures["messages_day"], row.figures["stages"]) == (
        1,
        1,
        {"ORDEAL": 1},
    )


@pytest.mark.parametrize(
    ("took_ms", "fresh_for"), [(15, 120), (59, 120), (100, 200), (299, 598), (9000, 600)]
)
def test_what_takes_long_to_count_serves_for_a_while(
    bot: Bot, stopped_clock: Clock, took_ms: int, fresh_for: int
) -> None:
    slow(bot, took_ms=took_ms)
    make_profile(bot)
    stopped_clock.advance(timedelta(seconds=fresh_for - 1))
    assert people(bot) == 0
    stopped_clock.advance(timedelta(seconds=1))
    assert people(bot) == 1
    assert kept(bot).taken_at == clock.now()


def test_the_cost_and_the_round_are_live_beside_kept_figures(bot: Bot, stopped_clock: Clock) -> None:
    slow(bot)
    spent = MetricSample(bot.id, "model_cost_micros", clock.now(), 1, 7_000_000.0, 7_000_000.0)
    with in_bot(bot.id):
        flush_metrics(samples=[spent])
        RotationRun.objects.create(bot=bot, trigger="daily", state="running", wanted_at=clock.now())
        figures = bot_figures(bot_id=bot.id)
    assert figures.cost_micros == 7_000_000
    assert figures.run is not None
    assert figures.run.state == "running"


def test_figures_that_another_version_kept_are_counted_anew(bot: Bot, stopped_clock: Clock) -> None:
    slow(bot)
    make_profile(bot)
    with in_bot(bot.id):
        KeptFigures.objects.for_bot(bot.id).update(figures={"people": 0})
    assert people(bot) == 1


def test_kept_figures_are_the_bots_own(bot: Bot, other_bot: Bot, stopped_clock: Clock) -> None:
    slow(bot)
    make_profile(bot)
    make_profile(other_bot)
    make_profile(other_bot)
    slow(other_bot)
    assert (people(bot), people(other_bot)) == (0, 2)
    with in_bot(bot.id):
        assert [row.bot_id for row in KeptFigures.objects.all()] == [bot.id]
    with pytest.raises(DatabaseError), in_bot(bot.id):
        take_figures(bot_id=other_bot.id)
    assert kept(other_bot).figures["people"] == 2


def test_admins_are_told_of_when_the_figures_are_only_where_that_is_a_while_ago(bot: Bot) -> None:
    guest = make_guest(bot, language="en")
    with clock.stopped(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) as noon:
        slow(bot)
        noon.advance(timedelta(minutes=1))
        guest.asks(show_stats, "/stats", bot_name="Natasha", stages=StageBook())
        noon.advance(timedelta(minutes=1))
        guest.asks(show_stats, "/stats", bot_name="Natasha", stages=StageBook())
    recent, older = guest.heard()
    assert "Counted" not in recent
    assert older.endswith("\n\n<i>Counted 02.03 09:00 UTC</i>")


def test_slow_figures_are_counted_anew_before_anybody_waits(
    bot: Bot, make_bot: Any, stopped_clock: Clock
) -> None:
    unseen = make_bot()
    refresh_figures()
    began = clock.now()
    slow(bot, took_ms=9000)
    stopped_clock.advance(timedelta(minutes=4, seconds=59))
    refresh_figures()
    assert [kept(each).taken_at for each in (bot, unseen)] == [began, clock.now()]
    make_profile(bot)
    stopped_clock.advance(timedelta(seconds=1))
    refresh_figures()
    assert kept(bot).taken_at == clock.now()
    assert people(bot) == 1


def test_a_bot_that_is_quick_is_counted_by_each_run_for_the_pages_that_only_look(
    bot: Bot, stopped_clock: Clock
) -> None:
    refresh_figures()
    began = clock.now()
    stopped_clock.advance(timedelta(seconds=49))
    refresh_figures()
    assert kept(bot).taken_at == began
    stopped_clock.advance(timedelta(seconds=1))
    refresh_figures()
    assert kept(bot).taken_at == clock.now()


def test_refreshing_tells_how_many_it_counted(bot: Bot, stopped_clock: Clock) -> None:
    # Whatever other bots have kept is counted first: with the clock stopped, that takes them no time.
    stopped_clock.advance(timedelta(days=3))
    refresh_figures()
    assert refresh_figures() == 0
    stopped_clock.advance(timedelta(minutes=1))
    assert refresh_figures() >= 1
    assert kept(bot).taken_at == clock.now()
    tasks.keep_figures_fresh()


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
