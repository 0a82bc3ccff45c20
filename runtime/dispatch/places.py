"""Places at one bot's model: how many turns may wait for it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.errors import AppError

MOST_ASKING = 48

Turn = asyncio.Task[None]


class NoPlace(AppError):
    """So many turns wait for the model that this one has to come again."""

    def __init__(self) -> None:
        super().__init__(code="model.no_place", permanent=False)


class Places:
    """Nobody waits for a place: a turn that finds none goes back into the queue, where it costs nothing.

    `on_taken` hears of each task that takes a place, `on_left` of each place that is free again.
    """

    def __init__(self, most: int = MOST_ASKING) -> None:
        self.most = most
        self.on_taken: Callable[[Turn], None] = lambda _: None
        self.on_left: Callable[[], None] = lambda: None
        self._tasks: set[object] = set()

    @property
    def free(self) -> int:
        """How many turns more may ask."""
        return self.most - len(self._tasks)

    def holds(self, task: Turn | None) -> bool:
        """Whether this task has a place."""
        return task in self._tasks

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A place for the turn that runs in the current task. Raises NoPlace."""
        if self.free <= 0:
            raise NoPlace
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - turns run in tasks
        self._tasks.add(task)
        self.on_taken(task)
        try:
            yield
        finally:
            self._tasks.discard(task)
            self.on_left()
