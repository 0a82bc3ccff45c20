"""A model that has stopped answering: whoever asked it waits, and nobody else does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from aiohttp import web

from bots.models import Bot
from core.tenancy import in_bot
from runtime import bot_runner
from runtime.dispatch import dispatcher
from runtime.dispatch.places import MOST_ASKING, MOST_WAITING, Places
from sessions_app.models import Session, SessionState
from tests.cast import on_database
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import (
    Office,
    all_settled,
    eventually,
    heard,
    jobs,
    people,
    sessions,
    talk,
)
from tests.runtime.runbots import open_model
from tests.runtime.test_jobs import given
from tests.runtime.test_walk import any_of, text

pytestmark = pytest.mark.usefixtures("told_at_once")

MODEL = "gpt-4o-mini"
WORDS = "He never listens to me."
ANSWER = "And what do you want?"
CRISIS = "I want to kill myself"


@pytest.fixture(autouse=True)
def _nobody_is_waited_for(settings: Any) -> None:
    """At the end of a test the turns that hang are given up at once."""
    settings.DRAIN_SECONDS = 0.0


@dataclass
class Stall:
    """A model that takes every question and answers none before it `is_over`."""

    url: str = ""
    asked: int = 0
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        wants_verdict = "response_format" in await request.json()
        self.asked += 1
        await self.is_over.wait()
        said = json.dumps({"sign": "none", "confidence": 0.0}) if wants_verdict else ANSWER
        message = {"role": "assistant", "content": said}
        return web.json_response(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": MODEL,
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
            }
        )

    async def has(self, questions: int) -> None:
        """Wait until so many questions came."""

        async def count() -> int:
            return self.asked

        await eventually(count, until=lambda found: found >= questions)


@asynccontextmanager
async def a_stall() -> AsyncIterator[Stall]:
    stall = Stall()
    async with open_model(stall.answer) as stub:
        stall.url = stub.url
        yield stall


async def opened(office: Office, model: Stall, **fields: Any) -> Bot:
    return await office.open(
        model_provider="openai", model_name=MODEL, model_base_url=model.url, model_timeout=600.0, **fields
    )


@pytest.fixture
def one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """One turn may wait for the model, and nobody waits long for its place."""
    monkeypatch.setattr(bot_runner, "Places", partial(Places, 1, patience=0.01))


async def hang(office: Office, bot: Bot, model: Stall, count: int) -> list[TelegramPerson]:
    """So many people whose turns wait for the model, each with two questions: the coach's, and about danger."""
    everybody = [await office.client_of(bot) for _ in range(count)]
    await asyncio.gather(*(each.say(WORDS) for each in everybody))
    await model.has(2 * count)
    return everybody


async def is_put_back(bot: Bot, *everybody: TelegramPerson) -> None:
    """Wait until the newest words of these people were looked at, kept, and wait in the queue for a place."""
    ids = [each.id for each in everybody]

    async def look() -> tuple[int, set[int]]:
        waiting = await heard(bot, "attempts", "epoch", settled_at=None, user_id__in=ids)
        return len(waiting), {attempts + 10 * (epoch == 0) for attempts, epoch in waiting}

    await eventually(look, until=lambda found: found == (len(ids), {0}))


async def gets_support(person: TelegramPerson) -> None:
    support, note = await person.hear(2)
    assert "988" in support or "116 123" in support or "findahelpline" in support.lower()
    assert note == text("crisis.paused_note")


async def test_others_are_answered_while_every_place_at_the_model_is_taken(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        vera, boris, anna = [await office.client_of(bot) for _ in range(3)]
        clara = await office.friend(bot)
        await hang(office, bot, model, MOST_ASKING)
        await vera.say("/forget_me")
        assert await vera.hear() == [text("forget.confirm")]
        await boris.say("/start")
        await boris.hear()
        await anna.say(CRISIS)
        await gets_support(anna)
        # Free text that needs no model.
        await clara.say("hello?")
        assert (await clara.hear())[0] in any_of("outside_session.text")


@pytest.mark.usefixtures("one_place")
async def test_those_who_find_no_place_wait_in_the_queue_at_no_cost_and_stand_in_nobodys_way(
    office: Office,
) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        vera, boris = await office.client_of(bot), await office.client_of(bot)
        crowd = [await office.client_of(bot) for _ in range(dispatcher.RESERVE + 4)]
        (first,) = await hang(office, bot, model, 1)
        for each in crowd:
            await each.say(WORDS)
        await is_put_back(bot, *crowd)
        await vera.say("/help")
        assert await vera.hear() == [text("help.text")]
        await boris.say(CRISIS)
        await gets_support(boris)
        assert model.asked == 2
        model.is_over.set()
        for each in (first, *crowd):
            assert await each.hear() == [ANSWER]
        await all_settled(bot)
        assert set(await heard(bot, "outcome", "attempts")) == {("done", 1)}
        assert model.asked == 2 * (1 + len(crowd))


async def test_few_wait_at_the_door_and_the_rest_where_they_are_until_somebody_leaves(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_runner, "Places", partial(Places, 1, patience=600.0))
    async with a_stall() as model:
        bot = await opened(office, model)
        vera = await office.client_of(bot)
        crowd = [await office.client_of(bot) for _ in range(MOST_WAITING + 4)]
        (first,) = await hang(office, bot, model, 1)
        for each in crowd:
            await each.say(WORDS)

        async def in_hand() -> list[int]:
            return await heard(bot, "attempts", settled_at=None)

        await eventually(in_hand, until=lambda found: found == [1] * (1 + MOST_WAITING) + [0] * 4)
        await vera.say("/help")
        assert await vera.hear() == [text("help.text")]
        model.is_over.set()
        for each in (first, *crowd):
            assert await each.hear() == [ANSWER]
        await all_settled(bot)
        assert set(await heard(bot, "outcome", "attempts")) == {("done", 1)}


@pytest.mark.usefixtures("one_place")
async def test_whoever_came_first_has_the_first_place_that_is_free(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        vera, boris = await office.client_of(bot), await office.client_of(bot)
        await hang(office, bot, model, 1)
        for each in (vera, boris):
            await each.say(WORDS)
            await is_put_back(bot, each)
        model.is_over.set()
        await vera.hear()
        await boris.hear()
        await all_settled(bot)
        answered = await heard(bot, "settled_at", user_id__in=[vera.id, boris.id], kind="message")
        assert answered == sorted(answered)


@pytest.mark.usefixtures("one_place")
async def test_who_needs_no_place_any_more_keeps_it_from_nobody(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        vera, boris = await office.client_of(bot), await office.client_of(bot)
        (anna,) = await hang(office, bot, model, 1)
        for each in (vera, boris):
            await each.say(WORDS)
            await is_put_back(bot, each)
        await on_database(pause_session_of, bot, vera.id)
        model.is_over.set()
        assert await anna.hear() == [ANSWER]
        assert await boris.hear() == [ANSWER]
        _, asked = await vera.hear(2)
        assert asked == text("session.resume_after_crisis")


def pause_session_of(bot: Bot, chat_id: int) -> None:
    with in_bot(bot.id):
        Session.objects.for_bot(bot.id).filter(conversation__chat_id=chat_id).update(
            state=SessionState.PAUSED
        )


@pytest.mark.usefixtures("one_place")
async def test_a_chat_keeps_its_order_while_its_turn_waits(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        (vera,) = await hang(office, bot, model, 1)
        boris = await office.client_of(bot)
        await boris.say(WORDS)
        await is_put_back(bot, boris)
        for each in (vera, boris):
            await each.say("/help")
        model.is_over.set()
        for each in (vera, boris):
            assert await each.hear(2) == [ANSWER, text("help.text")]


async def test_who_wants_to_be_forgotten_waits_for_no_answer_to_what_they_said_before(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        (vera,) = await hang(office, bot, model, 1)
        await vera.say("/forget_me")
        assert await vera.hear() == [text("forget.confirm")]
        assert ("user", WORDS) in await talk(bot)
        assert await sessions(bot, "state", "last_error") == [("active", "")]
        # And by the button, where they wrote once more in the meantime.
        await vera.say(WORDS)
        await model.has(4)
        await vera.tap(text("forget.confirm_button"))
        assert await vera.hear() == [text("forget.done")]
        model.is_over.set()
        await all_settled(bot)
        assert (await people(bot, "id"), await talk(bot)) == ([], [])
        assert set(await heard(bot, "outcome", "attempts")) == {("done", 1)}
        assert len(await vera.said_by_bot()) == 3


async def test_who_is_in_danger_waits_for_no_answer_to_what_they_said_before(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        (vera,) = await hang(office, bot, model, 1)
        await vera.say("I do not know")
        await vera.say(CRISIS)
        await gets_support(vera)
        await all_settled(bot)
        assert await sessions(bot, "state") == ["paused"]
        kept = await talk(bot)
        assert [said for role, said in kept if role == "user"][1:] == [WORDS, "I do not know", CRISIS]


async def test_what_may_not_wait_is_found_behind_a_turn_that_was_taken_later(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model, burst_wait=0.4)
        vera, boris = await office.client_of(bot), await office.client_of(bot)
        # Both stand in the queue before the words are taken; a command is no part of a burst.
        await vera.say(WORDS)
        await vera.say("/forget_me")
        await boris.say(WORDS)
        await boris.say("/help")
        await boris.say(CRISIS)
        assert await vera.hear() == [text("forget.confirm")]
        assert await boris.hear() == [text("help.text")]
        await gets_support(boris)
        await all_settled(bot)
        assert set(await heard(bot, "outcome", "attempts")) == {("done", 1)}


@pytest.mark.usefixtures("one_place")
async def test_what_may_not_wait_is_found_behind_words_that_wait_for_a_place(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        vera, boris, anna = [await office.client_of(bot) for _ in range(3)]
        await hang(office, bot, model, 1)
        for each in (vera, boris, anna):
            await each.say(WORDS)
        await is_put_back(bot, vera, boris, anna)
        await vera.say("/forget_me")
        assert await vera.hear() == [text("forget.confirm")]
        await boris.say(CRISIS)
        await gets_support(boris)
        # What may wait does.
        await anna.say("/help")
        await eventually(lambda: heard(bot, "attempts", user_id=anna.id), until=lambda found: len(found) == 3)
        model.is_over.set()
        assert await anna.hear(2) == [ANSWER, text("help.text")]
        await all_settled(bot)
        assert len(await vera.said_by_bot()) == 2
        assert [said for role, said in await talk(bot) if role == "user"].count(WORDS) == 4


async def test_an_end_that_hangs_leaves_the_session_to_whoever_wants_to_be_forgotten(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        model.is_over.set()
        vera = await office.client_of(bot)
        await vera.say(WORDS)
        assert await vera.hear() == [ANSWER]
        model.is_over.clear()
        asked = model.asked
        await vera.say("/end_session")
        await model.has(asked + 3)
        await vera.say("/forget_me")
        assert await vera.hear() == [text("forget.confirm")]
        assert await sessions(bot, "state") == ["active"]


@pytest.mark.usefixtures("one_place")
async def test_no_more_wait_for_a_place_than_can_be_passed_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "MOST_HELD", 2)
    async with a_stall() as model:
        bot = await opened(office, model)
        vera = await office.client_of(bot)
        crowd = [await office.client_of(bot) for _ in range(6)]
        await hang(office, bot, model, 1)
        for each in crowd[:2]:
            await each.say(WORDS)
        await is_put_back(bot, *crowd[:2])
        for each in crowd[2:]:
            await each.say(WORDS)
        await vera.say("/help")
        assert await vera.hear() == [text("help.text")]
        epochs = await heard(bot, "epoch", settled_at=None, user_id__in=[each.id for each in crowd[2:]])
        assert epochs == [0] * 4
        model.is_over.set()
        for each in crowd:
            assert await each.hear() == [ANSWER]


@pytest.mark.usefixtures("one_place")
async def test_work_of_our_own_waits_for_a_place_like_anybody_else(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        (vera,) = await hang(office, bot, model, 1)
        (profile,), (session,) = await people(bot, "id"), await sessions(bot, "id")
        await given(bot, vera, "analyse", profile=str(profile), session=str(session))
        boris = await office.friend(bot)
        await boris.say("/help")
        await boris.hear()
        assert await jobs(bot, "attempts", "outcome") == [(0, "")]
        assert model.asked == 2
        model.is_over.set()
        await vera.hear()
        await eventually(lambda: jobs(bot, "outcome"), until=lambda found: found == ["done"])


@pytest.mark.usefixtures("one_place")
async def test_turns_that_hang_at_an_orderly_stop_cost_nobody_an_attempt(office: Office) -> None:
    async with a_stall() as model:
        bot = await opened(office, model)
        boris = await office.client_of(bot)
        (vera,) = await hang(office, bot, model, 1)
        await boris.say(WORDS)
        await is_put_back(bot, boris)
        office.dismiss(bot)
        await eventually(lambda: heard(bot, "attempts", settled_at=None), until=lambda found: found == [0, 0])
        model.is_over.set()
        office.serve(bot, generation=2)
        for each in (vera, boris):
            assert await each.hear() == [ANSWER]
