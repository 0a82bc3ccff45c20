"""Whom staff have blocked: what they hear, and what stays their right."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from bots.models import Bot
from core import aio
from core.tenancy import in_bot
from mailbox.contracts import Post
from mailbox.models import Priority
from mailbox.services.post import post
from profiles.models import Profile
from sessions_app.services.block_person import block_person, unblock_person
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import Office, all_settled, events, heard, jobs, people, posted, talk
from tests.runtime.runbots import open_model
from tests.runtime.test_walk import text

pytestmark = pytest.mark.usefixtures("told_at_once")
ANNA = 17


async def does(bot: Bot, person: TelegramPerson, service: Any) -> bool:
    def call() -> bool:
        with in_bot(bot.id):
            found = Profile.objects.for_bot(bot.id).get(telegram_id=person.id)
            return bool(service(bot_id=bot.id, profile_id=found.id, author_id=ANNA))

    return await aio.run(call)


async def test_who_is_blocked_is_answered_nothing_and_their_words_are_not_kept(office: Office) -> None:
    bot = await office.open()
    vera, lena = await office.client_of(bot), await office.client_of(bot)
    before = await talk(bot)
    assert await does(bot, vera, block_person)
    assert not await does(bot, vera, block_person)
    await vera.say("Answer me!")
    await vera.say("/natasha")
    await vera.say("/help")
    await vera.send_voice()
    await all_settled(bot, updates=6)
    assert await talk(bot) == before
    assert [bytes(each) for each in await heard(bot, "payload", lane=vera.id)][-4:] == [b""] * 4
    assert await jobs(bot, "kind") == []
    # Others are answered as ever.
    await lena.say("And me?")
    assert len(await lena.hear()) == 1
    assert "profile.barred" in await events(bot)


async def test_who_is_heard_again_is_answered_where_they_left_off(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await does(bot, vera, block_person)
    await vera.say("Hello?")
    await all_settled(bot, updates=2)
    assert await does(bot, vera, unblock_person)
    assert not await does(bot, vera, unblock_person)
    await vera.say("I am back.")
    assert len(await vera.hear()) == 1
    assert [said for role, said in await talk(bot) if role == "user"] == ["/natasha", "I am back."]
    assert await people(bot, "blocked_at") == [None]


async def test_what_is_kept_of_them_stays_theirs_to_see_and_to_erase(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await does(bot, vera, block_person)
    await vera.say("/privacy")
    assert await vera.hear() == [text("privacy.text")]
    await vera.say("/export")
    assert await vera.hear() == [text("export.here_it_is")]
    await vera.say("/forget_me")
    assert await vera.hear() == [text("forget.confirm")]
    await vera.tap(text("forget.confirm_button"))
    assert await vera.hear() == [text("forget.done")]
    assert await people(bot, "id") == []


async def test_somebody_in_danger_is_given_a_hotline_all_the_same(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await does(bot, vera, block_person)
    await vera.say("I want to kill myself.")
    (answer,) = await vera.hear()
    assert "988" in answer
    assert "crisis.detected" in await events(bot)


async def test_what_was_about_to_be_said_is_taken_back(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=500, times=100)

    def wait_to_leave() -> None:
        with in_bot(bot.id):
            params = {"chat_id": vera.id, "text": "x"}
            for priority in Priority:
                name = f"test:{priority}"
                post(bot_id=bot.id, posts=[Post(name, vera.id, "sendMessage", params, priority=priority)])

    await aio.run(wait_to_leave)
    await does(bot, vera, block_person)
    left = await posted(bot, "key", "state", "error", key__startswith="test:")
    assert [each for each in left if each[1] == "pending"] == []


async def test_a_turn_that_is_under_way_ends_without_a_word(office: Office) -> None:
    asked, told = asyncio.Event(), asyncio.Event()

    async def think(_request: web.Request) -> web.Response:
        asked.set()
        await told.wait()
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": "Too late."}}]})

    async with open_model(think) as model:
        bot = await office.open(model_provider="openai", model_base_url=model.url)
        vera = await office.client_of(bot)
        before = len(await posted(bot, "id"))
        await vera.say("Slowly, please.")
        await asked.wait()
        await does(bot, vera, block_person)
        told.set()
        await all_settled(bot, updates=2)
    assert [said for _role, said in await talk(bot)][-1] == "Slowly, please."
    assert len(await posted(bot, "id")) == before
