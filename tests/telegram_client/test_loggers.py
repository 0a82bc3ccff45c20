from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from telegram_client.client import TelegramClient
from telegram_client.loggers import quiet_loggers
from tests.telegram_client.wire import TOKEN, Wire, says


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """What a process prints that logs all there is."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    names = ("aiohttp", "httpcore", "httpx", "httpx2", "telegram", "urllib3")
    levels = {name: logging.getLogger(name).level for name in names}
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


async def test_no_library_prints_the_token_or_the_answer(
    everything_logged: io.StringIO, client: TelegramClient, wire: Wire
) -> None:
    quiet_loggers()
    wire.replies = [says(b"not JSON, but private")]

    for call in (
        client.send("getMe", {}),
        client.bot.get_me(),
        client.poll(offset=1, timeout=0, allowed_updates=[]),
    ):
        with pytest.raises(Exception, match="answer"):
            await call
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot%s/getMe", TOKEN)

    assert TOKEN not in everything_logged.getvalue()
    assert "private" not in everything_logged.getvalue()
