"""Rounds over portraits: batch by batch, one of a bot at a time, gone on with by whoever comes next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from bots.models import Alert, Bot
from care.contracts import Run
from care.models import RotationRun
from care.services.keep_run import resume_or_want, runs_to_go_on_with, take_run, want_run
from care.services.rotate import go_on_with_run, refresh_person, stop_run
from care.services.sweep_runs import sweep_runs, want_daily_runs
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from mailbox.models import OutboundMessage
from profiles.models import ProfileVersion
from tests.care.folk import again, talker
from tests.cast import make_profile

WORDS = "I am afraid and I long for another life by the sea."


def wanted(bot: Bot, trigger: str = "daily", *, is_for_all: bool = False) -> UUID:
    with in_bot(bot.id):
        run_id = want_run(bot_id=bot.id, trigger=trigger, is_for_all=is_for_all)
    assert run_id is not None
    return run_id


def walked(bot: Bot, run_id: UUID, *, size: int = 10, most: int = 20) -> Run:
    """Batch after batch, until the run has ended."""
    for _ in range(most):
        run = go_on_with_run(bot_id=bot.id, run_id=run_id, size=size)
        assert run is not None
        if run.state != "running":
            return run
    pytest.fail("the run does not end")


def row(bot: Bot, run_id: UUID) -> RotationRun:
    with in_bot(bot.id):
        return RotationRun.objects.for_bot(bot.id).get(id=run_id)


def test_a_round_looks_at_everybody_who_is_due_and_counts_exactly(bot: Bot) -> None:
    people = [talker(bot, WORDS) for _ in range(12)]
    make_profile(bot)  # nothing is known to be said
    fresh = talker(bot, "I was here.", profile_updated_at=clock.now())
    run = walked(bot, wanted(bot))
    assert (run.state, run.candidates, run.processed) == ("done", 13, 13)
    assert (run.updated, run.skipped, run.failed) == (12, 1, 0)
    assert run.prompt_tokens > 0
    assert all(again(each).psychological_summary for each in people)
    assert again(fresh).psychological_summary == ""
    with in_bot(bot.id):
        versions = ProfileVersion.objects.for_bot(bot.id).values_list("run_id", flat=True)
        assert set(versions) == {run.id}
        assert Event.objects.for_bot(bot.id).filter(kind="rotation.ended").count() == 1


def test_a_batch_holds_ten_and_the_most_recently_seen_come_first(bot: Bot) -> None:
    people = [talker(bot, WORDS, last_seen_at=clock.now() - timedelta(days=number)) for number in range(12)]
    run_id = wanted(bot)
    run = go_on_with_run(bot_id=bot.id, run_id=run_id)
    assert run is not None
    assert (run.state, run.processed) == ("running", 10)
    assert [bool(again(each).psychological_summary) for each in people] == [True] * 10 + [False] * 2


def test_one_of_a_bot_runs_at_a_time_and_wishes_do_not_pile_up(bot: Bot) -> None:
    talker(bot, WORDS)
    run_id = wanted(bot)
    with in_bot(bot.id):
        assert want_run(bot_id=bot.id, trigger="daily") is None
        assert take_run(bot_id=bot.id, run_id=run_id) is not None
        assert take_run(bot_id=bot.id, run_id=run_id) is None
        assert want_run(bot_id=bot.id, trigger="telegram") is None
    assert go_on_with_run(bot_id=bot.id, run_id=run_id) is None


def test_of_many_who_ask_at_the_same_moment_one_is_given_a_round(bot: Bot) -> None:
    start = Barrier(6)

    def ask(_number: int) -> UUID | None:
        with in_bot(bot.id):
            connection.ensure_connection()
            start.wait(10)
            return want_run(bot_id=bot.id, trigger="telegram")

    def ask_and_leave(number: int) -> UUID | None:
        try:
            return ask(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        given = [each for each in pool.map(ask_and_leave, range(6)) if each is not None]
    with in_bot(bot.id):
        assert runs_to_go_on_with(bot_id=bot.id) == given
    assert len(given) == 1


def test_who_fell_silent_is_gone_on_with_and_nobody_is_tried_twice(bot: Bot, stopped_clock: Clock) -> None:
    for _ in range(5):
        talker(bot, WORDS)
    run_id = wanted(bot)
    go_on_with_run(bot_id=bot.id, run_id=run_id, size=3)
    with in_bot(bot.id):
        assert take_run(bot_id=bot.id, run_id=run_id) is not None  # and dies
        assert runs_to_go_on_with(bot_id=bot.id) == []
    stopped_clock.advance(timedelta(minutes=4))
    assert (bot.id, run_id) in sweep_runs()
    run = walked(bot, run_id)
    assert (run.state, run.processed, run.updated) == ("done", 5, 5)


def test_a_command_that_was_stopped_goes_on_in_the_same_round_within_a_day(
    bot: Bot, stopped_clock: Clock
) -> None:
    for _ in range(4):
        talker(bot, WORDS)
    with in_bot(bot.id):
        run_id = resume_or_want(bot_id=bot.id, trigger="command", is_for_all=True)
    assert run_id is not None
    go_on_with_run(bot_id=bot.id, run_id=run_id, size=3)
    assert stop_run(bot_id=bot.id, run_id=run_id).state == "stopped"
    with in_bot(bot.id):
        assert resume_or_want(bot_id=bot.id, trigger="command", is_for_all=True) == run_id
    assert walked(bot, run_id).processed == 4
    with in_bot(bot.id):
        assert resume_or_want(bot_id=bot.id, trigger="command", is_for_all=True) not in (None, run_id)


def test_a_round_that_would_pass_its_budget_stops_before_and_says_so(bot: Bot) -> None:
    Bot.objects.filter(id=bot.id).update(rotation_budget_usd=0.0)
    person = talker(bot, WORDS)
    run = walked(bot, wanted(bot))
    assert (run.state, run.note, run.processed) == ("over_budget", "the budget is spent", 0)
    assert again(person).psychological_summary == ""
    assert Alert.objects.filter(bot=bot, kind="budget_spent").count() == 1


def test_a_model_that_answers_nobody_ends_the_round_and_leaves_people_due(bot: Bot) -> None:
    Bot.objects.filter(id=bot.id).update(model_provider="openai", model_key_sealed="", model_base_url="")
    person = talker(bot, WORDS)
    run = walked(bot, wanted(bot))
    assert (run.state, run.processed, run.failed) == ("failed", 0, 0)
    assert run.note
    assert again(person).rotation_tried_at is None


def test_the_daily_round_is_wanted_of_every_bot_once(bot: Bot, other_bot: Bot) -> None:
    want_daily_runs()
    want_daily_runs()
    for each in (bot, other_bot):
        with in_bot(each.id):
            assert RotationRun.objects.for_bot(each.id).count() == 1


def test_one_person_is_refreshed_by_themselves(bot: Bot) -> None:
    person, silent = talker(bot, WORDS), make_profile(bot)
    assert refresh_person(bot_id=bot.id, profile_id=person.id).result == "updated"
    assert refresh_person(bot_id=bot.id, profile_id=silent.id).result == "skipped"
    assert again(person).profile_updated_at is not None


def test_a_round_from_telegram_is_told_in_one_message_that_is_edited(bot: Bot) -> None:
    admin = talker(bot, WORDS, language="ru")
    with in_bot(bot.id):
        report = OutboundMessage.objects.create(
            bot=bot,
            seq=1,
            key="r",
            chat_id=admin.telegram_id,
            method="sendMessage",
            params={},
            state="sent",
            telegram_message_id=77,
            not_before=clock.now(),
            created_at=clock.now(),
            settled_at=clock.now(),
        )
        run_id = want_run(bot_id=bot.id, trigger="telegram", is_for_all=True, report_id=report.id)
    assert run_id is not None
    walked(bot, run_id)
    with in_bot(bot.id):
        edits = OutboundMessage.objects.for_bot(bot.id).filter(method="editMessageText").order_by("seq")
        told = [each.params for each in edits]
    assert {each["message_id"] for each in told} == {77}
    assert told[-1]["text"].startswith("Портреты обновлены: просмотрено 1, обновлено 1")
    assert row(bot, run_id).reports == len(told)
