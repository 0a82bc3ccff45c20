"""One message to many, through the whole of it: from the draft to the chats on the sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

from bots.models import Bot
from broadcast.models import Broadcast
from core import aio
from tests.broadcast.campaigns import begun, ledger, read, share_of
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import Office, eventually


async def is_in(broadcast: Broadcast, *states: str) -> Broadcast:
    """The broadcast as soon as it is in one of these states."""
    return await eventually(lambda: aio.run(read, broadcast), until=lambda found: found.state in states)


async def guest(office: Office, bot: Bot, **fields: Any) -> TelegramPerson:
    """Somebody who has consented and written to the bot before."""
    person = await office.friend(bot, **fields)
    await person.say("/help")
    await person.hear()
    return person


async def test_everybody_gets_it_once(office: Office) -> None:
    bot = await office.open()
    people = [await guest(office, bot) for _ in range(5)]
    broadcast = await aio.run(begun, bot)
    await is_in(broadcast, "finished")
    for person in people:
        assert await person.hear() == ["Hello, Vera! Something new has begun."]
    assert await aio.run(ledger, broadcast, bot.id) == ["sent"] * 5
    share = await aio.run(share_of, broadcast, bot.id)
    assert (share.total, share.sent, share.released, share.recent) == (5, 5, 0, ".....")
    await asyncio.sleep(0.1)
    for person in people:
        assert len(await person.said_by_bot()) == 2
