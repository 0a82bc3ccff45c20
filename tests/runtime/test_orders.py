"""What staff ask of a bot takes effect on that bot, while it runs, and on no other."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from aiohttp import web

from bots.models import Bot
from core import aio
from mailbox.contracts import Post
from mailbox.services.post import post
from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.cast import on_database
from tests.runtime.office import (
    Office,
    all_settled,
    calls,
    eventually,
    heard,
    open_office,
    people,
    posted,
    state_of,
    status_of,
    talk,
)
from tests.runtime.runbots import open_model
from tests.runtime.test_trouble import states
from tests.runtime.test_walk import any_of

HELP = plain(say("help.text", "en"))
PRIVACY = plain(say("privacy.text", "en"))


async def change(bot: Bot, **fields: Any) -> None:
    await on_database(Bot.objects.filter(id=bot.id).update, **fields)


async def test_a_paused_bot_hears_and_answers_when_it_goes_on(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    office.serve(bot, is_paused=True)
    await state_of(bot, "paused")
    await vera.say("/help")
    await eventually(lambda: heard(bot, "id"))
    await eventually(lambda: calls(office, bot, "getUpdates"), until=lambda counted: counted[0] > 2)
    assert await heard(bot, "attempts", "settled_at") == [(0, None)]
    office.serve(bot, is_paused=False)
    assert await vera.hear() == [HELP]
    await state_of(bot, "running")
    assert await states(bot) == ["starting", "running", "paused", "running"]


async def test_new_settings_are_taken_over_without_a_restart(office: Office) -> None:
    bot = await office.open(language="ru")
    vera = office.sandbox.person(bot.token)
    await vera.say("/help")
    assert await vera.hear() == [plain(say("help.text", "ru"))]
    await change(bot, language="en")
    office.serve(bot, revision="2")

    async def language() -> str:
        return office.runner_of(bot)._desk.settings.language  # type: ignore[union-attr]

    await eventually(language, until=lambda found: found == "en")
    boris = office.sandbox.person(bot.token)
    await boris.say("/help")
    assert await boris.hear() == [HELP]
    assert await states(bot) == ["starting", "running"]
    assert (await status_of(bot)).lease_epoch == 1


async def test_a_new_pace_is_taken_over_without_a_restart(office: Office) -> None:
    bot = await office.open(chat_sends_per_second=0.001, config={"act_burst": 4})
    vera = await office.friend(bot)
    for _ in range(6):
        await vera.say("/help")
    # As many as a chat may get at once, then none for a quarter of an hour.
    assert await vera.hear(4) == [HELP] * 4
    await eventually(lambda: heard(bot, "id", outcome="done"), until=lambda found: len(found) == 6)
    await change(bot, chat_sends_per_second=None, config={"act_burst": "a lot", "acts_per_second": []})
    office.serve(bot, revision="2")
    assert await vera.hear() == [plain(say("throttle.slow_down", "en"))]
    assert await states(bot) == ["starting", "running"]


async def test_a_restart_is_a_fresh_start_of_one_bot(office: Office) -> None:
    bot, other = await office.open(), await office.open()
    office.serve(bot, generation=2)
    await eventually(lambda: status_of(bot), until=lambda status: status.lease_epoch == 2)
    await state_of(bot, "running")
    vera = await office.friend(bot)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    assert await states(other) == ["starting", "running"]
    assert (await status_of(other)).lease_epoch == 1
    assert (await status_of(bot)).generation == 2


async def test_a_bot_that_is_not_wanted_any_more_gives_its_lease_back(office: Office) -> None:
    bot, other = await office.open(), await office.open()
    office.dismiss(bot)
    await state_of(bot, "stopped")
    assert (await status_of(bot)).lease_holder == ""
    polls = await calls(office, bot, "getUpdates")
    vera = await office.friend(other)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    assert await calls(office, bot, "getUpdates") == polls


async def test_what_is_in_hand_is_finished_before_the_worker_leaves(sandbox: Any, settings: Any) -> None:
    settings.POLL_TIMEOUT = 5
    async with open_office(sandbox) as office:
        bot = await office.open()
        vera = await office.friend(bot)
        await office.sandbox.fail(token=bot.token, method="sendMessage", delay_ms=700)
        await vera.say("/help")
        await eventually(lambda: posted(bot, "state"), until=lambda found: found == ["sending"])
    assert await posted(bot, "state", "attempts") == [("sent", 1)]
    assert len(await vera.said_by_bot()) == 1
    assert (await status_of(bot)).state == "stopped"


async def test_a_turn_that_takes_too_long_for_a_restart_is_begun_anew_however_often(office: Office) -> None:
    release = asyncio.Event()

    async def think(_: web.Request) -> web.Response:
        await release.wait()
        return web.json_response({"error": {"message": "no"}}, status=404)

    async with open_model(think) as model:
        bot = await office.open(model_provider="openai", model_base_url=model.url)
        vera = await office.client_of(bot)
        await vera.say("He never listens.")
        for generation in range(2, 7):
            await eventually(lambda: heard(bot, "attempts", kind="message"), until=lambda found: found == [1])
            office.serve(bot, generation=generation)
            epoch = generation
            await eventually(
                lambda: status_of(bot),
                until=lambda found, epoch=epoch: (found.lease_epoch, found.state) == (epoch, "running"),  # type: ignore[misc]
            )
        release.set()
        (answer,) = await vera.hear()
        await all_settled(bot)
    assert answer in any_of("model.unavailable")
    assert await heard(bot, "outcome", kind="message") == ["done"]


async def test_what_was_not_heard_before_the_end_is_answered_by_the_next_worker(
    sandbox: Any, settings: Any
) -> None:
    settings.POLL_TIMEOUT = 5
    async with open_office(sandbox) as first:
        bot = await first.open()
        vera = await first.friend(bot)
    await vera.say("/help")
    async with open_office(sandbox) as second:
        second.serve(bot)
        assert await vera.hear() == [HELP]
        await all_settled(bot)
    assert await heard(bot, "outcome") == ["done"]
    assert (await status_of(bot)).lease_epoch == 2


async def test_what_another_process_posts_goes_out_at_once(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.say("/help")
    await vera.hear()
    word = Post(
        key="operator-1",
        chat_id=vera.id,
        method="sendMessage",
        params={"chat_id": vera.id, "text": "a living person"},
        priority=1,
    )
    await aio.run_in_bot(bot.id, post, bot_id=bot.id, posts=[word], wake=True)
    assert await vera.hear() == ["a living person"]


@pytest.mark.usefixtures("told_at_once")
async def test_what_is_posted_while_an_outcome_is_written_down_goes_out_at_once(
    office: Office, owner_database: psycopg.Connection[Any]
) -> None:
    bot = await office.open()
    vera, boris = await office.friend(bot), await office.friend(bot)
    name = f"dawdle_{bot.id.hex}"
    owner_database.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$"
    )
    owner_database.execute(
        f"CREATE CONSTRAINT TRIGGER {name} AFTER UPDATE ON outbound_messages DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW WHEN (NEW.bot_id = '{bot.id}' AND NEW.state = 'sent') EXECUTE FUNCTION {name}()"
    )
    try:
        await vera.say("/help")
        await vera.hear()
        # Its outcome is being written down: the transaction dawdles at its end.
        await boris.say("/privacy")
        assert await boris.hear() == [PRIVACY]
        await all_settled(bot)
    finally:
        owner_database.execute(f"DROP TRIGGER {name} ON outbound_messages")
        owner_database.execute(f"DROP FUNCTION {name}")


async def test_one_who_writes_without_end_is_told_so_once_and_then_not_answered(office: Office) -> None:
    bot = await office.open(config={"act_burst": 3, "acts_per_second": 0.001})
    vera, boris = await office.friend(bot), await office.friend(bot)
    for _ in range(6):
        await vera.say("/help")
    assert await vera.hear(4) == [HELP] * 3 + [plain(say("throttle.slow_down", "en"))]
    await boris.say("/help")
    assert await boris.hear() == [HELP]
    await all_settled(bot, updates=7)
    assert len(await vera.said_by_bot()) == 4
    # What was not answered is not kept either.
    assert len([text for role, text in await talk(bot) if (role, text) == ("user", "/help")]) == 4


async def test_a_session_is_restored_after_a_restart(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await vera.say("He never listens.")
    await vera.hear()
    office.serve(bot, generation=2)
    await eventually(lambda: status_of(bot), until=lambda status: status.lease_epoch == 2)
    await vera.say("/start")
    assert await vera.hear() == [plain(say("start.welcome_back_natasha", "en", name="Vera"))]
    await vera.say("And yet I stay.")
    (answer,) = await vera.hear()
    assert answer not in any_of("outside_session.text")
    assert await people(bot, "telegram_id") == [vera.id]


async def test_bots_restart_side_by_side(office: Office) -> None:
    bots = [await office.open() for _ in range(4)]
    for each in bots:
        office.serve(each, generation=2)

    async def is_new(bot: Bot) -> None:
        await eventually(
            lambda: status_of(bot), until=lambda found: (found.lease_epoch, found.state) == (2, "running")
        )

    await asyncio.gather(*(is_new(each) for each in bots))
