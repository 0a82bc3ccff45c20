"""Lets turns run side by side, and a suspect alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class OneRelease:
    """Lets go of a lock once, whoever asks first."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock: asyncio.Lock | None = lock

    def release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()


class Gate:
    """Any number of turns share the process; one that ended a process before has it to itself.

    A waiting suspect holds newcomers back, so that it is never starved. `patience` bounds both how long it waits
    for the others and how long they then wait for it: a turn may wait minutes for its model, and the process has
    other bots. What ends a process does so at once.
    """

    def __init__(self, *, patience: float = 5.0) -> None:
        self._patience = patience
        self._inside = 0
        self._alone = asyncio.Lock()
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Beside others."""
        if self._alone.locked():
            async with self._alone:
                self._enter()
        else:
            self._enter()
        try:
            yield
        finally:
            self._leave()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """After all others have left, and before any other enters; for a while, see above."""
        await self._alone.acquire()
        opening = OneRelease(self._alone)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await self._empty.wait()
            self._enter()
            try:
                timer = asyncio.get_running_loop().call_later(self._patience, opening.release)
                try:
                    yield
                finally:
                    timer.cancel()
            finally:
                self._leave()
        finally:
            opening.release()

    def _enter(self) -> None:
        self._inside += 1
        self._empty.clear()

    def _leave(self) -> None:
        self._inside -= 1
        if not self._inside:
            self._empty.set()
