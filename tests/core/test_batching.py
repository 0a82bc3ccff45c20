"""Group commit: alone a call waits for nobody, together they share a transaction, and none harms another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import connection

from bots.models import Bot
from core.batching import Batcher
from core.tenancy import ScopeError, the_bot, visible_bots


class Doubler:
    """Doubles numbers in batches; the first batch waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go_on = threading.Event()
        self.scopes: set[object] = set()

    def __call__(self, items: Sequence[int]) -> list[int]:
        if not self.batches:
            self.batches.append(list(items))
            self.go_on.wait(5)
        else:
            self.batches.append(list(items))
        assert connection.in_atomic_block
        self.scopes.add(visible_bots())
        if -1 in items:
            message = "minus one"
            raise ValueError(message)
        return [2 * item for item in items]


async def test_what_comes_during_a_batch_forms_the_next(bot: Bot) -> None:
    double = Doubler()
    batcher = Batcher(double)
    first = asyncio.create_task(batcher(bot.id, 1))
    while not double.batches:
        await asyncio.sleep(0.001)
    others = [asyncio.create_task(batcher(bot.id, number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    double.go_on.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8]
    assert double.batches == [[1], [2, 3, 4]]
    assert double.scopes == {(bot.id,)}


async def test_a_bad_item_fails_alone(bot: Bot) -> None:
    double = Doubler()
    batcher = Batcher(double)
    first = asyncio.create_task(batcher(bot.id, 1))
    while not double.batches:
        await asyncio.sleep(0.001)
    others = [asyncio.create_task(batcher(bot.id, number)) for number in (2, -1, 4)]
    await asyncio.sleep(0)
    double.go_on.set()
    results = await asyncio.gather(first, *others, return_exceptions=True)
    assert [results[0], results[1], results[3]] == [2, 4, 8]
    assert isinstance(results[2], ValueError)
    assert double.batches == [[1], [2, -1, 4], [2], [-1], [4]]


async def test_a_batch_is_never_larger_than_agreed(bot: Bot) -> None:
    double = Doubler()
    double.go_on.set()
    batcher = Batcher(double, largest=2)
    assert await asyncio.gather(*(batcher(bot.id, number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert [len(batch) for batch in double.batches] == [2, 2, 1]


async def test_bots_do_not_wait_for_each_other(bot: Bot, other_bot: Bot) -> None:
    double = Doubler()
    batcher = Batcher(double)
    held = asyncio.create_task(batcher(bot.id, 1))
    while not double.batches:
        await asyncio.sleep(0.001)
    assert await batcher(other_bot.id, 5) == 10
    assert not held.done()
    double.go_on.set()
    assert await held == 2


async def test_who_stopped_waiting_does_not_hold_the_others_up(bot: Bot) -> None:
    double = Doubler()
    batcher = Batcher(double)
    first = asyncio.create_task(batcher(bot.id, 1))
    while not double.batches:
        await asyncio.sleep(0.001)
    gone, stays = asyncio.create_task(batcher(bot.id, 2)), asyncio.create_task(batcher(bot.id, 3))
    await asyncio.sleep(0)
    gone.cancel()
    double.go_on.set()
    assert await first == 2
    assert await stays == 6


def test_there_is_no_one_bot_outside_of_a_scope() -> None:
    with pytest.raises(ScopeError):
        the_bot()
