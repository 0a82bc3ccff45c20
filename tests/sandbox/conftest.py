"""A sandbox of its own for each test, reached over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox import SandboxServer
from tests.sandbox.client import BotHand, ControlHand


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    """A sandbox without limits; tests of the limits switch them on."""
    async with SandboxServer(limits=False) as server:
        yield server


@pytest.fixture
async def session(server: SandboxServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A client whose addresses begin at the sandbox."""
    async with aiohttp.ClientSession(server.url) as session:
        yield session


@pytest.fixture
def control(session: aiohttp.ClientSession) -> ControlHand:
    """The control API."""
    return ControlHand(session)


@pytest.fixture
async def bot(control: ControlHand) -> BotHand:
    """A bot that nobody has written to."""
    return await control.bot()


@pytest.fixture
async def known_bot(bot: BotHand, control: ControlHand) -> BotHand:
    """A bot with whom Anna (1001) has begun to talk; her first message is confirmed."""
    answer = await control.say(bot, "/start", first_name="Anna", username="anna", language_code="en")
    assert await bot.updates(offset=answer["update_id"] + 1) == []
    return bot
