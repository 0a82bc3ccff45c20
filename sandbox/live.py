"""What happens in the sandbox, told to every open chat page at the moment it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.encoding import to_json

_MOST_UNREAD = 2_000


class LiveFeed:
    """Hands each event to all who listen; who reads too slowly is sent away and may come again."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[bytes | None]] = set()

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def publish(self, kind: str, **fields: Any) -> None:
        """Tell everyone; costs nothing while nobody listens."""
        if not self._listeners:
            return
        event = to_json({"type": kind, **fields})
        for listener in tuple(self._listeners):
            if listener.qsize() >= _MOST_UNREAD:
                self._listeners.discard(listener)
                listener.put_nowait(None)
            else:
                listener.put_nowait(event)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[bytes | None]]:
        """A queue of encoded events until the block ends; None in it says that the feed is over."""
        listener: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Send everyone home."""
        for listener in self._listeners:
            listener.put_nowait(None)
        self._listeners.clear()
