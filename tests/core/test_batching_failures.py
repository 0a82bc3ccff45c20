"""Whoever asked a batch for something gets an answer or an error, however the batch ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from bots.models import Bot
from core.batching import Batcher


async def test_a_function_that_forgets_an_item_fails_those_who_asked(bot: Bot):
    batcher: Batcher[int, int] = Batcher(lambda items: items[1:])
    with pytest.raises(ValueError, match="shorter"):
        await asyncio.wait_for(batcher(bot.id, 1), 20)


async def test_a_database_that_is_away_fails_all_at_once(bot: Bot):
    asked: list[int] = []

    def away(items: Sequence[int]) -> list[int]:
        asked.append(len(items))
        raise OperationalError

    batcher: Batcher[int, int] = Batcher(away)
    ends = await asyncio.gather(*(batcher(bot.id, number) for number in range(5)), return_exceptions=True)
    assert [type(each) for each in ends] == [OperationalError] * 5
    assert asked == [5]


async def test_a_batch_that_is_cancelled_leaves_nobody_waiting(bot: Bot):
    started, may_end = threading.Event(), threading.Event()

    def slow(items: Sequence[int]) -> list[int]:
        started.set()
        may_end.wait(20)
        return list(items)

    batcher: Batcher[int, int] = Batcher(slow)
    in_hand = asyncio.create_task(batcher(bot.id, 1))
    await asyncio.to_thread(started.wait, 20)
    waiting = asyncio.create_task(batcher(bot.id, 2))
    await asyncio.sleep(0)
    (serving,) = batcher._running.values()
    serving.cancel()
    ends = await asyncio.wait_for(asyncio.gather(in_hand, waiting, return_exceptions=True), 20)
    may_end.set()
    assert [type(each) for each in ends] == [asyncio.CancelledError] * 2
    assert await batcher(bot.id, 3) == 3
