from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from telegram_client.client import TelegramClient
from tests.telegram_client.wire import TOKEN, Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as wire:
        yield wire


@pytest.fixture
async def client(wire: Wire) -> AsyncIterator[TelegramClient]:
    client = TelegramClient(TOKEN, wire.url)
    await client.start()
    yield client
    await client.close()
