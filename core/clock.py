"""The one clock: UTC for what is stored, monotonic for what is waited for. Tests may stop it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall and monotonic time that move together, or stand still while stopped."""

    def __init__(self) -> None:
        self._stopped_at: datetime | None = None
        self._stopped_monotonic = 0.0

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self._stopped_at or datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean anything."""
        return self._stopped_monotonic if self._stopped_at else time.monotonic()

    def advance(self, delta: timedelta) -> None:
        """Move a stopped clock forward. Raises RuntimeError when the clock is running."""
        if self._stopped_at is None:
            msg = "only a stopped clock can be moved"
            raise RuntimeError(msg)
        self._stopped_at += delta
        self._stopped_monotonic += delta.total_seconds()

    @contextmanager
    def stopped(self, at: datetime | None = None) -> Iterator[Clock]:
        """Hold the time still, at `at` (aware) or now, until the block ends."""
        before = self._stopped_at, self._stopped_monotonic
        self._stopped_at, self._stopped_monotonic = at or self.now(), self.monotonic()
        try:
            yield self
        finally:
            self._stopped_at, self._stopped_monotonic = before


clock = Clock()
