"""A bot that falls: up again after a while, or given up where only a person can help; the others never notice."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from bots.models import Bot, BotMetric
from core.encryption import encrypt
from runtime import bot_runner
from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.cast import make_bot, on_database
from tests.runtime.office import Office, eventually, rows, state_of, status_of
from tests.runtime.test_trouble import states

HELP = plain(say("help.text", "en"))


@pytest.fixture
def fewer_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    """In life five, with longer and longer pauses."""
    monkeypatch.setattr(bot_runner, "CRASHES", 2)


async def test_a_bot_that_cannot_start_is_given_up_until_somebody_restarts_it(
    office: Office, fewer_falls: None
) -> None:
    other = await office.open()
    token = await office.sandbox.new_bot()
    bot: Bot = await on_database(make_bot, token=token, api_url=office.sandbox.url)
    await on_database(Bot.objects.filter(id=bot.id).update, token_sealed="not what was sealed")
    office.serve(bot)
    status = await state_of(bot, "crashed")
    assert (status.restarts, status.lease_holder) == (2, "")
    assert status.error
    assert await states(bot) == ["backing_off", "crashed"]

    vera = await office.friend(other)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    assert await states(other) == ["starting", "running"]

    # Looking at it again changes nothing; a fresh start does.
    office.serve(bot, revision="2")
    await on_database(Bot.objects.filter(id=bot.id).update, token_sealed=encrypt(token))
    assert (await status_of(bot)).state == "crashed"
    office.serve(bot, generation=2)
    await state_of(bot, "running")
    boris = await office.friend(bot)
    await boris.say("/help")
    assert await boris.hear() == [HELP]


@pytest.mark.parametrize("api_url", ["not an address", "ftp://127.0.0.1", "http://"])
async def test_an_address_that_is_none_is_told_in_clear_words(
    office: Office, fewer_falls: None, api_url: str
) -> None:
    bot = await office.engage(api_url=api_url)
    status = await state_of(bot, "crashed")
    assert status.error == (
        "This is not the address of a Bot API server. Telegram's own is https://api.telegram.org"
    )


async def test_a_worker_that_cannot_renew_its_leases_lets_go_and_comes_back(
    office: Office, owner_database: psycopg.Connection[Any], settings: Any
) -> None:
    settings.LEASE_SECONDS = 1.0
    bot = await office.open()
    owner_database.execute("REVOKE UPDATE ON bot_statuses FROM bot_runtime")
    try:
        runner = office.runner_of(bot)
        await eventually(lambda: on_database(lambda: runner.lease is None))
    finally:
        owner_database.execute("GRANT UPDATE ON bot_statuses TO bot_runtime")
    await eventually(lambda: status_of(bot), until=lambda found: found.lease_epoch >= 2)
    await state_of(bot, "running")
    vera = await office.friend(bot)
    await vera.say("/help")
    assert await vera.hear() == [HELP]


async def test_what_a_bot_did_is_written_down_before_its_worker_leaves(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await office.worker._flush_once()

    counted = dict(await rows(bot, BotMetric, "name", "count", order="name"))
    assert {name: counted[name] for name in ("updates", "turns", "outbound_sent")} == {
        "updates": 1,
        "turns": 1,
        "outbound_sent": 1,
    }
    # Once only.
    await office.worker._flush_once()
    assert dict(await rows(bot, BotMetric, "name", "count", order="name")) == counted
