"""What the supervisors hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Notify

from bots.announcements import CHANNEL

END = "end"


@contextmanager
def heard_by(connection: psycopg.Connection[Any]) -> Iterator[Callable[[], list[str]]]:
    """Listen, and let the caller ask which bots' ids were told since it asked last."""
    words: list[str] = []

    def listen(notification: Notify) -> None:
        words.append(notification.payload)

    def heard() -> list[str]:
        # Our own last word: whatever was told before it has arrived when it arrives.
        connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, END])
        while END not in words:
            connection.execute("SELECT 1")
        told = words[: words.index(END)]
        words.clear()
        return told

    connection.add_notify_handler(listen)
    connection.execute(f"LISTEN {CHANNEL}")
    yield heard
    connection.execute(f"UNLISTEN {CHANNEL}")
    connection.remove_notify_handler(listen)
