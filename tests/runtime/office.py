"""The runtime in the loop of a test: one worker, the bots that it serves, and what the database says of them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from bots.models import Bot, BotStatus
from core import aio
from core.tenancy import in_bot
from events.models import Event
from mailbox.contracts import JOB_LANES
from mailbox.models import InboundUpdate, OutboundMessage
from profiles.models import Profile
from runtime.bot_runner import BotRunner
from runtime.contracts import Order
from runtime.worker import Worker
from sessions_app.models import Message, Session
from tests.cast import make_bot, make_profile, on_database
from tests.fixtures.telegram import PATIENCE, Sandbox, TelegramPerson

T = TypeVar("T")
_offices = itertools.count(1)


@dataclass
class Office:
    """A worker process without the process."""

    sandbox: Sandbox
    holder: str
    worker: Worker
    orders: dict[UUID, Order] = field(default_factory=dict)
    beats: int = 0

    async def open(self, **fields: Any) -> Bot:
        """A bot of the sandbox, served from now on and listening."""
        bot = await self.engage(**fields)
        await self.is_running(bot)
        return bot

    async def engage(self, *, token: str | None = None, api_url: str | None = None, **fields: Any) -> Bot:
        """A bot that this worker is told to serve, whatever comes of it."""
        bot: Bot = await on_database(
            make_bot,
            token=token or await self.sandbox.new_bot(),
            api_url=api_url or self.sandbox.url,
            **{"wanted_state": "running", "sends_per_second": None, "chat_sends_per_second": None, **fields},
        )
        self.serve(bot)
        return bot

    def serve(self, bot: Bot, **changes: Any) -> None:
        """Order the bot, or another look at it."""
        before = self.orders.get(bot.id) or Order(bot_id=bot.id, generation=1, revision="")
        self.orders[bot.id] = replace(before, **changes)
        self.worker.order(list(self.orders.values()))

    def dismiss(self, bot: Bot) -> None:
        """The bot is wanted here no longer."""
        del self.orders[bot.id]
        self.worker.order(list(self.orders.values()))

    def runner_of(self, bot: Bot) -> BotRunner:
        return self.worker._runners[bot.id]

    async def is_running(self, bot: Bot) -> None:
        """Wait until the bot listens, as Telegram sees it."""
        await state_of(bot, "running")

    async def stranger(self, bot: Bot, **fields: Any) -> TelegramPerson:
        """Somebody who has never met the bot."""
        return self.sandbox.person(bot.token, language_code="en", **fields)

    async def friend(self, bot: Bot, **fields: Any) -> TelegramPerson:
        """Somebody who has consented."""
        person = await self.stranger(bot, **fields)
        await on_database(make_profile, bot, telegram_id=person.id, first_name=person.fields["first_name"])
        return person

    async def client_of(self, bot: Bot) -> TelegramPerson:
        """Somebody who has consented and is in a provocative session."""
        person = await self.friend(bot)
        await person.say("/natasha")
        await person.hear()
        return person


@asynccontextmanager
async def open_office(sandbox: Sandbox) -> AsyncIterator[Office]:
    """A worker at work; at the end it drains, as one does at SIGTERM."""
    holder = f"test:{next(_offices)}:pack-1:1"
    office = Office(sandbox, holder, Worker(holder=holder, beat=lambda: None))
    task = asyncio.create_task(office.worker.run())
    try:
        yield office
    finally:
        office.worker.leave()
        async with asyncio.timeout(PATIENCE):
            await task


async def eventually(look: Callable[[], Awaitable[T]], *, until: Callable[[T], object] = bool) -> T:
    """What `look` finds as soon as it is what we wait for. Raises AssertionError with the last that it found."""
    found: T | None = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await look()
                if until(found):
                    return found
                await asyncio.sleep(0.02)
    message = f"still {found!r} after {PATIENCE} s"
    raise AssertionError(message)


async def status_of(bot: Bot) -> BotStatus:
    status: BotStatus = await on_database(BotStatus.objects.get, bot_id=bot.id)
    return status


async def state_of(bot: Bot, *wanted: str) -> BotStatus:
    """The bot's status as soon as its state is one of these."""
    return await eventually(lambda: status_of(bot), until=lambda status: status.state in wanted)


async def rows(bot: Bot, model: Any, *fields: str, order: str = "id", **where: Any) -> list[Any]:
    """What is stored of a bot: values of one field flat, of several as tuples."""

    def read() -> list[Any]:
        with in_bot(bot.id):
            found = model.objects.for_bot(bot.id).filter(**where).order_by(order)
            return list(found.values_list(*fields, flat=len(fields) == 1))

    read_rows: list[Any] = await aio.run(read)
    return read_rows


async def heard(bot: Bot, *fields: str, **where: Any) -> list[Any]:
    """What was heard, without work of our own."""
    return await rows(bot, InboundUpdate, *fields, order="seq", lane__lt=JOB_LANES, **where)


async def jobs(bot: Bot, *fields: str, **where: Any) -> list[Any]:
    """Work of our own."""
    return await rows(bot, InboundUpdate, *fields, order="seq", lane__gte=JOB_LANES, **where)


async def posted(bot: Bot, *fields: str, **where: Any) -> list[Any]:
    return await rows(bot, OutboundMessage, *fields, order="seq", **where)


async def talk(bot: Bot) -> list[tuple[str, str]]:
    """All that was said and kept, as (role, text)."""
    return await rows(bot, Message, "role", "text", order="created_at")


async def sessions(bot: Bot, *fields: str) -> list[Any]:
    return await rows(bot, Session, *fields, order="started_at")


async def people(bot: Bot, *fields: str) -> list[Any]:
    return await rows(bot, Profile, *fields, order="created_at")


async def events(bot: Bot) -> list[str]:
    """What happened to the bot's people."""
    kinds = await rows(bot, Event, "kind", order="created_at")
    return [kind for kind in kinds if not kind.startswith("bot.")]


async def all_settled(bot: Bot, *, updates: int = 0) -> None:
    """Wait until nothing of the bot is open, neither heard nor to be said, and so many `updates` were heard."""

    async def look() -> tuple[int, list[Any]]:
        settled = await heard(bot, "settled_at")
        still = [each for each in settled if each is None]
        return len(settled), still + await posted(bot, "id", settled_at=None)

    await eventually(look, until=lambda found: found[0] >= updates and not found[1])


async def calls(office: Office, bot: Bot, method: str) -> tuple[int, int]:
    """How often the bot called a method: carried out, and refused."""
    stats = await office.sandbox.stats()
    (account,) = [each for each in stats["bots"] if each["token"] == bot.token]
    return account["methods"].get(method, 0), sum(account["errors"].get(method, {}).values())
