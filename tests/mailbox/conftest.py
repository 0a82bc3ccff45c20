from __future__ import annotations

import pytest

from bots.models import Bot
from bots.services.acquire_lease import acquire_lease
from mailbox.contracts import Hand


def hold(bot: Bot, *, holder: str = "host:1:a", seconds: float = 600.0) -> Hand:
    """The hand of whoever acquires the bot's lease now."""
    lease = acquire_lease(bot_id=bot.id, holder=holder, seconds=seconds)
    assert lease is not None
    return Hand(bot.id, lease.epoch)


@pytest.fixture
def hand(bot: Bot) -> Hand:
    """The hand of the process that holds the bot, and will be overdue as soon as somebody else wants it."""
    return hold(bot, seconds=-1.0)
