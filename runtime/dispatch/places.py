"""Places at one bot's model: how many turns may wait for it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from core.errors import AppError

MOST_ASKING = 48
# At the door, so many may wait for a place for so long: where the model answers, there will be one.
MOST_WAITING = 8
PATIENCE = 0.5

Turn = asyncio.Task[None]


class NoPlace(AppError):
    """So many turns wait for the model that this one has to come again."""

    def __init__(self) -> None:
        super().__init__(code="model.no_place", permanent=False)


class Places:
    """Few wait for a place, and shortly: a turn that gets none goes back into the queue, where it costs nothing.

    `on_taken` hears of each task that takes a place, `on_left` of each place that is free again.
    """

    def __init__(self, most: int = MOST_ASKING, *, patience: float = PATIENCE) -> None:
        self.most = most
        self.on_taken: Callable[[Turn], None] = lambda _: None
        self.on_left: Callable[[], None] = lambda: None
        self._patience = patience
        # In the order in which they came.
        self._door = asyncio.Semaphore(most)
        self._waiting = 0
        self._tasks: set[object] = set()

    @property
    def free(self) -> int:
        """How many places nobody has or waits for."""
        return max(0, self.most - len(self._tasks) - self._waiting)

    def holds(self, task: Turn | None) -> bool:
        """Whether this task has a place."""
        return task in self._tasks

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """A place for the turn that runs in the current task. Raises NoPlace."""
        await self._come_in()
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - turns run in tasks
        self._tasks.add(task)
        try:
            self.on_taken(task)
            yield
        finally:
            self._tasks.discard(task)
            self._door.release()
            self.on_left()

    async def _come_in(self) -> None:
        if not self._door.locked():
            await self._door.acquire()
            return
        if self._waiting >= MOST_WAITING:
            raise NoPlace
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._door.acquire()
        except TimeoutError:
            raise NoPlace from None
        finally:
            self._waiting -= 1
