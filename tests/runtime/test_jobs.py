"""Work of our own: done beside the talk, once, and buried where nobody knows how to do it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web

from bots.models import Alert, Bot
from core import aio
from core.clock import clock
from mailbox.contracts import Job
from mailbox.services.assign import assign
from profiles.models import ProfileVersion
from sessions_app.crisis import hotline_list
from tests.care.folk import talker
from tests.cast import make_profile, on_database
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import (
    Office,
    all_settled,
    eventually,
    jobs,
    people,
    posted,
    rows,
    sessions,
    state_of,
    talk,
)
from tests.runtime.runbots import open_model
from tests.runtime.test_walk import text

pytestmark = pytest.mark.usefixtures("told_at_once")

WORDS = "I am afraid and I long for another life by the sea."
STALE = timedelta(days=8)


async def given(bot: Bot, person: TelegramPerson, kind: str, **payload: str) -> None:
    """Somebody gives the bot this to do."""
    job = Job(kind, person.id, f"test:{uuid4()}", payload)
    await aio.run_in_bot(bot.id, assign, bot_id=bot.id, jobs=[job], wake=True)


async def done(bot: Bot, count: int, **where: Any) -> list[str]:
    """What so much work came to, once all of it is settled."""
    return await eventually(
        lambda: jobs(bot, "outcome", **where), until=lambda found: len(found) == count and all(found)
    )


async def alerts(bot: Bot) -> list[tuple[str, str, str]]:
    def read() -> list[tuple[str, str, str]]:
        return list(Alert.objects.filter(bot=bot).order_by("id").values_list("kind", "subject", "detail"))

    found: list[tuple[str, str, str]] = await on_database(read)
    return found


async def stale(office: Office, bot: Bot, **fields: Any) -> TelegramPerson:
    """Somebody whose portrait is more than a week old, and who comes back."""
    person = await office.stranger(bot)
    before = clock.now() - STALE
    await on_database(
        talker,
        bot,
        WORDS,
        **{"telegram_id": person.id, "consented_at": before, "first_name": "Vera", **fields},
    )
    return person


async def test_what_nobody_knows_how_to_do_is_buried_and_told_to_staff_only(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await given(bot, vera, "dance", profile=str(uuid4()))
    assert await done(bot, 1) == ["buried"]
    assert await jobs(bot, "kind", "attempts", "reason") == [("own.dance", 1, "job.unknown")]
    assert await alerts(bot) == [("error", "update buried", "job.unknown")]
    # Nobody apologises for what nobody asked for, and the bot goes on.
    assert await vera.said_by_bot() == []
    await vera.say("/help")
    assert await vera.hear() == [text("help.text")]
    await state_of(bot, "running")


async def test_work_that_fails_each_time_is_buried_after_three_attempts(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await given(bot, vera, "look_up", profile="not an id")
    assert await done(bot, 1) == ["buried"]
    assert await jobs(bot, "attempts", "reason") == [(3, "ValueError")]
    assert await vera.said_by_bot() == []


async def test_work_about_nobody_is_nothing_to_do(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    nobody = str(uuid4())
    for kind in ("look_up", "refresh"):
        await given(bot, vera, kind, profile=nobody)
    await given(bot, vera, "analyse", profile=nobody, session=str(uuid4()))
    assert await done(bot, 3) == ["done"] * 3
    assert (await alerts(bot), await posted(bot, "id")) == ([], [])


async def test_who_comes_back_after_a_week_is_portrayed_anew_once(office: Office) -> None:
    bot = await office.open()
    vera = await stale(office, bot)
    for _ in range(3):
        await vera.say("/help")
        await vera.hear()
    assert await done(bot, 1) == ["done"]
    ((summary, updated_at),) = await people(bot, "psychological_summary", "profile_updated_at")
    assert summary
    assert clock.now() - updated_at < timedelta(minutes=5)
    assert await rows(bot, ProfileVersion, "origin") == ["visit"]
    await vera.say("/help")
    await vera.hear()
    await all_settled(bot)
    assert len(await jobs(bot, "id")) == 1


async def test_who_was_portrayed_within_the_week_is_left_as_they_are(office: Office) -> None:
    bot = await office.open()
    vera = await stale(office, bot, profile_updated_at=clock.now() - timedelta(days=6))
    await vera.say("/help")
    await vera.hear()
    await all_settled(bot)
    assert await jobs(bot, "id") == []


async def test_a_model_that_does_not_answer_leaves_the_portrait_as_it_was(office: Office) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "no"}}, status=404)

    async with open_model(refuse) as model:
        bot = await office.open(model_provider="openai", model_base_url=model.url)
        vera = await stale(office, bot, psychological_summary="as it was")
        await vera.say("/help")
        assert await vera.hear() == [text("help.text")]
        assert await done(bot, 1) == ["done"]
    assert await people(bot, "psychological_summary") == ["as it was"]
    assert await rows(bot, ProfileVersion, "id") == []


async def test_a_budget_that_is_spent_asks_the_model_nothing_beside_the_talk(office: Office) -> None:
    bot = await office.open(daily_budget_usd=0.0)
    vera = await stale(office, bot)
    await vera.say("/help")
    assert await vera.hear() == [text("help.text")]
    assert await done(bot, 1) == ["done"]
    assert await people(bot, "psychological_summary") == [""]


async def test_who_turns_out_to_be_under_age_is_told_beside_the_talk_and_coached_no_more(
    office: Office,
) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    for said in (
        "He never listens to me.",
        "I am always at home.",
        f"I was born on April 3, {clock.now().year - 14}.",
        "She never asks.",
        "Nobody asks.",
    ):
        await vera.say(said)
        await vera.hear()
    assert await vera.hear() == [text("care.underage", hotlines=hotline_list("en"))]
    assert await people(bot, "is_underage", "consented_at", "birth_date") == [(True, None, None)]
    assert await sessions(bot, "state") == ["paused"]
    before = await talk(bot)
    for said in ("go on", "/natasha", "/end_session"):
        await vera.say(said)
        assert await vera.hear() == [text("start.underage", hotlines=hotline_list("en"))]
    await all_settled(bot)
    assert await talk(bot) == before


async def test_work_about_one_person_is_done_one_after_another_and_in_nobodys_way(office: Office) -> None:
    busy = asyncio.Event()
    release = asyncio.Event()

    async def think(_: web.Request) -> web.Response:
        busy.set()
        await release.wait()
        return web.json_response({"error": {"message": "no"}}, status=404)

    async with open_model(think) as model:
        bot = await office.open(model_provider="openai", model_base_url=model.url)
        vera = await stale(office, bot, looked_up_at=None)
        await vera.say("/help")
        assert await vera.hear() == [text("help.text")]
        async with asyncio.timeout(15):
            await busy.wait()
        # While her portrait is with the model, she is answered all the same.
        await vera.say("/privacy")
        assert await vera.hear() == [text("privacy.text")]
        assert await jobs(bot, "kind", outcome="") == ["own.refresh"]
        release.set()
        assert await done(bot, 2) == ["done", "done"]


async def test_work_that_came_while_other_work_was_in_hand_is_done_right_after_it(office: Office) -> None:
    busy = asyncio.Event()
    release = asyncio.Event()

    async def think(_: web.Request) -> web.Response:
        busy.set()
        await release.wait()
        return web.json_response({"error": {"message": "no"}}, status=404)

    async with open_model(think) as model:
        bot = await office.open(model_provider="openai", model_base_url=model.url)
        vera = await stale(office, bot)
        await vera.say("/help")
        assert await vera.hear() == [text("help.text")]
        async with asyncio.timeout(15):
            await busy.wait()
        await given(bot, vera, "look_up", profile=str(uuid4()))
        # Its bell was rung and answered while the lane was busy, and it rings no second time.
        await vera.say("/privacy")
        assert await vera.hear() == [text("privacy.text")]
        release.set()
        assert await done(bot, 2) == ["done", "done"]


async def test_work_of_one_bot_is_not_done_by_another(office: Office) -> None:
    bot, other = await office.open(), await office.open()
    vera = await office.stranger(bot)
    theirs = await on_database(make_profile, other, telegram_id=vera.id, looked_up_at=None)
    await on_database(make_profile, bot, telegram_id=vera.id)
    await vera.set_face(bio="Teacher of music")
    await given(bot, vera, "look_up", profile=str(theirs.id))
    assert await done(bot, 1) == ["done"]
    assert (await people(bot, "bio"), await people(other, "bio")) == ([""], [""])
