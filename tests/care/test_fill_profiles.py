"""`manage.py fill_profiles`, as an operator runs it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bots.models import Bot
from care.models import RotationRun
from care.services.keep_run import take_run, want_run
from core.aio import stop_pool
from core.tenancy import in_bot
from tests.care.folk import again, talker
from tests.cast import make_profile

CHECKOUT = Path(__file__).parents[2]
WORDS = "I am afraid and I long for another life by the sea."


@pytest.fixture(autouse=True)
def _no_pause(settings: Any) -> None:
    settings.ROTATION_PAUSE_SECONDS = 0.0


def fill(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("fill_profiles", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def runs(bot: Bot) -> list[tuple[str, int, int]]:
    with in_bot(bot.id):
        rows = RotationRun.objects.for_bot(bot.id).order_by("wanted_at")
        return list(rows.values_list("state", "processed", "updated"))


def test_it_refreshes_everybody_shows_progress_and_closes_with_figures(bot: Bot) -> None:
    people = [talker(bot, WORDS) for _ in range(3)]
    out, err = fill("--bot", bot.slug, "--all", "--batch-size", "2")
    assert f"{bot.slug}: done. 3 of 3 looked at: 3 updated, 0 skipped, 0 failed" in out
    assert "3/3" in err
    assert all(again(each).psychological_summary for each in people)


def test_without_all_only_who_is_due_is_refreshed(bot: Bot) -> None:
    talker(bot, WORDS)
    fill("--bot", bot.slug)
    fill("--bot", bot.slug)
    fill("--bot", bot.slug, "--all")
    assert [processed for _, processed, _ in runs(bot)] == [1, 0, 1]


def test_a_dry_run_asks_and_writes_nothing(bot: Bot) -> None:
    person = talker(bot, WORDS)
    out, _ = fill("--bot", bot.slug, "--all", "--dry-run")
    assert out.splitlines() == [f"{bot.slug}: 1 to refresh", "Nothing was asked or written."]
    out, _ = fill("--bot", bot.slug, "--user-id", str(person.telegram_id), "--dry-run")
    assert out.splitlines()[0] == f"{bot.slug}: 1 person"
    assert (again(person).psychological_summary, runs(bot)) == ("", [])


def test_one_person_by_telegram_id(bot: Bot) -> None:
    person, other = talker(bot, WORDS), talker(bot, WORDS)
    out, _ = fill("--bot", bot.slug, "--user-id", str(person.telegram_id))
    assert out == f"{bot.slug}: updated\n"
    assert again(other).psychological_summary == ""


def test_who_is_not_there_or_has_not_consented_is_told(bot: Bot) -> None:
    stranger = make_profile(bot, consented_at=None)
    for telegram_id in (stranger.telegram_id, 1):
        with pytest.raises(CommandError, match="has consented here"):
            fill("--bot", bot.slug, "--user-id", str(telegram_id))
    with pytest.raises(CommandError, match="there is no bot nobody"):
        fill("--bot", "nobody")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--all-bots", "--bot", "x"),
        ("--all-bots", "--all", "--user-id", "1"),
        ("--all-bots", "--batch-size", "0"),
        ("--all-bots", "--batch-size", "101"),
        ("--all-bots", "--batch-size", "many"),
    ],
)
def test_nonsense_is_refused_before_anything_happens(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        fill(*arguments)


def test_where_another_round_goes_on_it_says_so(bot: Bot) -> None:
    talker(bot, WORDS)
    with in_bot(bot.id):
        run_id = want_run(bot_id=bot.id, trigger="daily")
        assert run_id is not None
        take_run(bot_id=bot.id, run_id=run_id)
    _, err = fill("--bot", bot.slug)
    assert "another round is under way" in err


@pytest.mark.processes
def test_ctrl_c_stops_after_the_batch_and_the_same_command_goes_on(bot: Bot) -> None:
    for _ in range(6):
        talker(bot, WORDS)
    argv = [sys.executable, "manage.py", "fill_profiles", "--bot", bot.slug, "--all", "--batch-size", "2"]
    environment = {**os.environ, "DATABASE_ROLE": "runtime", "ROTATION_PAUSE_SECONDS": "30"}
    stop_pool()
    process = subprocess.Popen(
        argv, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + 60
        while runs(bot) in ([], [("wanted", 0, 0)], [("running", 0, 0)]):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "stopped. 2 of 6 looked at" in out
    assert "run the same command again to go on" in out
    fill("--bot", bot.slug, "--all")
    assert runs(bot) == [("done", 6, 6)]
