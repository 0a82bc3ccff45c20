"""`runbots` with real worker processes: what staff change takes effect, what falls gets up, what poisons is buried."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bots.models import Bot
from bots.services.replace_token import replace_token
from bots.services.restart_bot import restart_bot
from bots.services.set_wanted_state import set_wanted_state
from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.cast import make_bot, make_profile, on_database
from tests.fixtures.telegram import Sandbox, TelegramPerson
from tests.runtime.office import all_settled, eventually, heard, state_of, status_of
from tests.runtime.runbots import only_bots_of, open_model, running, told
from tests.runtime.test_trouble import states
from tests.runtime.test_walk import any_of

pytestmark = pytest.mark.processes
HELP = plain(say("help.text", "en"))


async def hire(sandbox: Sandbox, **fields: Any) -> Bot:
    """A bot of the sandbox that is wanted running."""
    bot: Bot = await on_database(
        make_bot,
        token=await sandbox.new_bot(),
        api_url=sandbox.url,
        **{"wanted_state": "running", "chat_sends_per_second": None, **fields},
    )
    return bot


async def asks_for_help(sandbox: Sandbox, bot: Bot) -> TelegramPerson:
    """Somebody new asks, and is answered."""
    person = sandbox.person(bot.token, language_code="en")
    await person.say("/help")
    async with asyncio.timeout(45):
        while not await person.said_by_bot():
            await asyncio.sleep(0.05)
    assert await person.hear() == [HELP]
    return person


async def test_what_staff_ask_for_takes_effect_and_touches_no_other_bot(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    await only_bots_of(sandbox)
    bot, neighbour = await hire(sandbox), await hire(sandbox)
    async with running(tmp_path) as runbots:
        await asks_for_help(sandbox, bot)
        await asks_for_help(sandbox, neighbour)

        added = await hire(sandbox, wanted_state="stopped")
        await on_database(set_wanted_state, bot_id=added.id, wanted="running")
        await asks_for_help(sandbox, added)

        await on_database(restart_bot, bot_id=bot.id)
        await eventually(lambda: status_of(bot), until=lambda found: found.lease_epoch == 2)
        await asks_for_help(sandbox, bot)

        renewed = (await sandbox.control("POST", f"bots/{bot.token}/renew"))["token"]
        await on_database(replace_token, bot_id=bot.id, token=renewed)
        fresh: Bot = await on_database(Bot.objects.get, id=bot.id)
        assert fresh.token == renewed
        await asks_for_help(sandbox, fresh)

        await on_database(set_wanted_state, bot_id=added.id, wanted="stopped")
        await state_of(added, "stopped")

        code, table, _ = await told(tmp_path, "--status", "--bots", bot.slug, neighbour.slug, added.slug)
        lines = {line.split()[0]: line.split()[1:3] for line in table.splitlines()}
        assert code == 0
        assert {slug: lines[slug] for slug in (bot.slug, neighbour.slug, added.slug)} == {
            bot.slug: ["running", "running"],
            neighbour.slug: ["running", "running"],
            added.slug: ["stopped", "stopped"],
        }
        assert await runbots.ends() == 0
    assert await states(neighbour) == ["starting", "running", "stopped"]
    status = await status_of(neighbour)
    assert (status.lease_epoch, status.lease_holder, status.restarts) == (1, "", 0)
    assert len(runbots.events("worker.started")) == 1
    assert runbots.events("worker.fell") == []


async def test_a_worker_that_is_killed_is_replaced_and_the_other_never_notices(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    await only_bots_of(sandbox)
    bot, neighbour = await hire(sandbox), await hire(sandbox, has_own_process=True)
    async with running(tmp_path, "--bots", bot.slug, neighbour.slug) as runbots:
        await asks_for_help(sandbox, bot)
        await asks_for_help(sandbox, neighbour)
        assert runbots.worker_of(bot) != runbots.worker_of(neighbour)
        before = runbots.worker_of(neighbour)
        os.kill(runbots.worker_of(bot), signal.SIGKILL)
        await asks_for_help(sandbox, bot)
        await asks_for_help(sandbox, neighbour)
        assert runbots.worker_of(neighbour) == before
        assert await runbots.ends() == 0
    assert await states(neighbour) == ["starting", "running", "stopped"]
    assert [line["worker"] for line in runbots.events("worker.fell")] == ["pack-1"]
    assert (await status_of(neighbour)).lease_epoch == 1


async def test_a_text_that_ends_its_worker_three_times_is_buried_and_the_bot_goes_on(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    await only_bots_of(sandbox)

    async def never(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with open_model(never) as model:
        bot = await hire(sandbox, model_provider="openai", model_base_url=model.url)
        vera = sandbox.person(bot.token, language_code="en")
        await on_database(make_profile, bot, telegram_id=vera.id)
        async with running(tmp_path, "--bots", bot.slug) as runbots:
            await vera.say("/natasha")
            async with asyncio.timeout(45):
                while not await vera.said_by_bot():
                    await asyncio.sleep(0.05)
            await vera.hear()
            await vera.say("poison")
            await vera.say("/help")
            for attempt in (1, 2, 3):
                # The turn is with the model: the worker falls over it, as over a payload that breaks it.
                asked = model.asked
                await eventually(
                    lambda: heard(bot, "attempts", kind="message"),
                    until=lambda found, attempt=attempt: found == [attempt],  # type: ignore[misc]
                )
                while model.asked == asked and attempt > 1:
                    await asyncio.sleep(0.02)
                os.kill(runbots.worker_of(bot), signal.SIGKILL)
            assert any_of("error.kept") & set(await vera.hear(2))
            await all_settled(bot)
            assert await heard(bot, "outcome", "reason", kind="message") == [
                ("buried", "it ended the process each time")
            ]
            assert await heard(bot, "outcome") == ["done", "buried", "done"]
            assert (await state_of(bot, "running")).state == "running"
            assert await runbots.ends() == 0
    assert len(runbots.events("worker.fell")) == 3


async def test_unknown_bots_are_told_with_those_that_there_are(bot: Bot, tmp_path: Path) -> None:
    code, out, complaint = await told(tmp_path, "--bots", bot.slug, "nobody-knows-it")
    assert code == 1
    assert out == ""
    assert "no such bot: nobody-knows-it. There are: " in complaint
    assert bot.slug in complaint


async def test_a_token_in_the_environment_is_a_bot_that_runs(sandbox: Sandbox, tmp_path: Path) -> None:
    await only_bots_of(sandbox)
    token = await sandbox.new_bot()
    settings = {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": sandbox.url}
    async with running(tmp_path, **settings) as runbots:
        person = sandbox.person(token, language_code="en")
        await person.say("/help")
        async with asyncio.timeout(45):
            while not await person.said_by_bot():
                await asyncio.sleep(0.05)
        assert await person.hear() == [HELP]
        assert await runbots.ends() == 0


async def test_a_token_in_the_environment_that_is_none_is_told_in_words(tmp_path: Path) -> None:
    code, _, complaint = await told(tmp_path, TELEGRAM_BOT_TOKEN="not-a-token")
    assert code == 1
    assert "not-a-token" not in complaint
    assert "Traceback" not in complaint
    assert complaint.strip()
