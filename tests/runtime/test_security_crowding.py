"""One chat, one person, one bad update: none of them may keep the others waiting."""

from __future__ import annotations

import asyncio
import contextlib

from core import aio
from mailbox.contracts import Post
from mailbox.services.post import post
from runtime.dispatch.gate import Gate
from tests.fixtures.telegram import PATIENCE
from tests.runtime.office import Office, all_settled, posted


async def test_a_chat_whose_messages_wait_for_another_try_hides_no_other_chat(office: Office) -> None:
    bot = await office.open()
    vera, boris = await office.friend(bot), await office.friend(bot)
    for person in (vera, boris):
        await person.say("/help")
        await person.hear()
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=500, times=1)
    crowd = [
        Post(
            key=f"v{number}", chat_id=vera.id, method="sendMessage", params={"chat_id": vera.id, "text": "v"}
        )
        for number in range(250)
    ]
    await aio.run_in_bot(bot.id, post, bot_id=bot.id, posts=crowd, wake=True)
    # Refused once, so that the chat waits a second.
    async with asyncio.timeout(PATIENCE):
        while not await posted(bot, "id", key="v0", state="pending", attempts=1):
            await asyncio.sleep(0.01)
    alone = Post(key="b", chat_id=boris.id, method="sendMessage", params={"chat_id": boris.id, "text": "b"})
    await aio.run_in_bot(bot.id, post, bot_id=bot.id, posts=[alone], wake=True)
    await all_settled(bot)
    (his,), (hers,) = await posted(bot, "settled_at", key="b"), await posted(bot, "settled_at", key="v0")
    assert his < hers


async def test_a_suspect_does_not_hold_newcomers_back_while_an_old_turn_waits_for_its_model() -> None:
    gate, model = Gate(patience=0.02), asyncio.Event()
    order: list[str] = []

    async def slow() -> None:
        async with gate.shared():
            await model.wait()

    async def suspect() -> None:
        async with gate.alone():
            order.append("suspect")

    async def newcomer() -> None:
        async with gate.shared():
            order.append("newcomer")

    first = asyncio.create_task(slow())
    await asyncio.sleep(0)
    second = asyncio.create_task(suspect())
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        await newcomer()
    assert order == ["suspect", "newcomer"]
    model.set()
    await asyncio.gather(first, second)


async def test_a_suspect_that_waits_for_its_model_lets_others_in_after_a_while() -> None:
    gate, model = Gate(patience=0.02), asyncio.Event()

    async def suspect() -> None:
        async with gate.alone():
            await model.wait()

    task = asyncio.create_task(suspect())
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        async with gate.shared():
            pass
        # Another suspect comes in too, although the first is still there.
        async with gate.alone():
            pass
    model.set()
    await task
    # It let go of the gate once: whoever is alone now is alone.
    async with gate.alone():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.001), gate.shared():
                raise AssertionError


async def test_a_suspect_that_is_given_up_while_it_waits_opens_the_gate() -> None:
    gate, model = Gate(patience=PATIENCE), asyncio.Event()

    async def slow() -> None:
        async with gate.shared():
            await model.wait()

    async def suspect() -> None:
        async with gate.alone():
            pass

    first, second = asyncio.create_task(slow()), asyncio.create_task(suspect())
    await asyncio.sleep(0.01)
    second.cancel()
    async with asyncio.timeout(PATIENCE):
        async with gate.shared():
            pass
    model.set()
    await asyncio.gather(first, second, return_exceptions=True)
