"""Group commit: what is asked while a batch of the same tenant is under way forms the next batch.

Alone, a call starts at once and waits for nobody. Under load, many calls share a thread, a transaction and a
statement, so that the cost of each falls as the load grows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError

from core import aio

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Turns `function`, which serves a sequence of items in one transaction, into an awaitable for one item.

    When a batch fails, each of its items is tried alone, so that one bad item harms no other.
    """

    def __init__(self, function: Callable[[Sequence[Item]], Sequence[Result]], *, largest: int = 50) -> None:
        self._function = function
        self._largest = largest
        self._waiting: dict[UUID, list[tuple[Item, asyncio.Future[Result]]]] = {}
        self._running: dict[UUID, asyncio.Task[None]] = {}

    async def __call__(self, bot_id: UUID, item: Item) -> Result:
        """The function's result for this item. Raises what the function raised for it."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(bot_id, []).append((item, future))
        if bot_id not in self._running:
            self._running[bot_id] = asyncio.create_task(self._serve(bot_id))
        return await future

    async def _serve(self, bot_id: UUID) -> None:
        try:
            while waiting := self._waiting.pop(bot_id, None):
                batch, rest = waiting[: self._largest], waiting[self._largest :]
                if rest:
                    self._waiting[bot_id] = rest
                await self._run(bot_id, batch)
        finally:
            del self._running[bot_id]
            # Nobody is left to serve them when this was cancelled.
            for _, future in self._waiting.pop(bot_id, ()):
                future.cancel()

    async def _run(self, bot_id: UUID, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await aio.run_in_bot(bot_id, self._function, [item for item, _ in batch])
            answered = list(zip(batch, results, strict=True))
        except asyncio.CancelledError:
            for _, future in batch:
                future.cancel()
            raise
        except (OperationalError, InterfaceError) as error:
            # The database is away: that is nobody's own fault, and trying each alone would only take longer.
            for _, future in batch:
                _fail(future, error)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is goes to those who asked
            if len(batch) > 1:
                for each in batch:
                    await self._run(bot_id, [each])
            else:
                _fail(batch[0][1], error)
            return
        for (_, future), result in answered:
            if not future.done():
                future.set_result(result)


def _fail(future: asyncio.Future[Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
