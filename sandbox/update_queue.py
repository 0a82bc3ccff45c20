"""One bot's updates until it confirms them: numbered, mortal, handed out as the bytes they came as."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from core.clock import clock
from sandbox.errors import BotApiError

UPDATE_LIFE = 24 * 3600.0  # seconds
CALLBACK_LIFE = 150.0  # seconds
MOST_UPDATES = 100_000
# The kinds that a bot gets only when it asks for them by name.
ASKED_FOR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_LARGEST_ID = 2**53
# An offset further ahead than this belongs to another life of the bot and confirms nothing.
_FUTURE = 10


class QueuedUpdate(NamedTuple):
    """One update as it will be sent. `once` marks what no offset can confirm: it is handed out one time."""

    update_id: int
    expires_at: float
    body: bytes
    once: bool


class UpdateQueue:
    """Updates in the order of their ids, and the one long poll that may wait for them."""

    def __init__(self, *, next_id: int | None = None) -> None:
        # Telegram too begins somewhere; a new life of the sandbox must not repeat ids of an old one.
        self.next_id = next_id or random.randrange(100_000_000, 900_000_000)  # noqa: S311
        self.allowed: list[str] = []
        self._waiting: deque[QueuedUpdate] = deque(maxlen=MOST_UPDATES)
        self._issued = next_id is not None
        self._poll: asyncio.Future[str] | None = None
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[QueuedUpdate]:
        return iter(self._waiting)

    @property
    def polled(self) -> bool:
        """Is a long poll waiting right now?"""
        return self._poll is not None and not self._poll.done()

    def wants(self, kind: str | None) -> bool:
        """Does the bot get this kind of update? What has no known kind always passes."""
        if kind is None:
            return True
        return kind in self.allowed if self.allowed else kind not in ASKED_FOR

    def number(self, given: object = None) -> tuple[int, bool]:
        """The id for the next update and whether it can be handed out only once.

        A given id is kept when it goes on from the ones before (any id may begin a fresh queue). One that was
        passed already, or is no id at all, cannot be confirmed by an offset.
        """
        if given is None:
            given = self.next_id
        elif type(given) is not int or not 0 < given < _LARGEST_ID or (self._issued and given < self.next_id):
            return self.next_id, True
        assert isinstance(given, int)  # noqa: S101
        self._issued = True
        self.next_id = given + 1
        return given, False

    def put(self, update_id: int, body: bytes, *, once: bool = False, life: float = UPDATE_LIFE) -> None:
        """Add one update under its number and wake the poll; beyond the bound the oldest falls out."""
        self._waiting.append(QueuedUpdate(update_id, clock.now().timestamp() + life, body, once))
        self.interrupt("update")

    def restore(self, updates: Iterable[QueuedUpdate]) -> None:
        """Put back what was saved."""
        self._waiting.extend(updates)

    def clear(self) -> None:
        """Forget everything that waits (`drop_pending_updates`)."""
        self._waiting.clear()

    def interrupt(self, reason: str) -> None:
        """End the waiting poll, if there is one."""
        if self._poll is not None:
            _end(self._poll, reason)

    def close(self) -> None:
        """From now on polls end at once, as if nothing had come."""
        self._is_closed = True
        self.interrupt("closing")

    async def poll(self, *, offset: int, limit: int, timeout: float) -> list[bytes]:  # noqa: ASYNC109
        """What getUpdates returns: at once when something waits, else after at most `timeout` seconds.

        Raises BotApiError when a newer poll, a webhook or a revoked token ends this one.
        """
        self.interrupt("conflict")
        self._confirm(offset)
        batch = self._batch(limit)
        if batch or timeout <= 0 or self._is_closed:
            return batch
        loop = asyncio.get_running_loop()
        poll: asyncio.Future[str] = loop.create_future()
        self._poll = poll
        timer = loop.call_later(timeout, _end, poll, "timeout")
        try:
            reason = await poll
        finally:
            timer.cancel()
        if reason in _ENDINGS:
            raise BotApiError(*_ENDINGS[reason])
        return self._batch(limit)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            for _ in range(len(self._waiting) + offset):
                self._waiting.popleft()
        elif offset <= self.next_id + _FUTURE:
            while self._waiting and self._waiting[0].update_id < offset:
                self._waiting.popleft()

    def _batch(self, limit: int) -> list[bytes]:
        now = clock.now().timestamp()
        head = list(islice(self._waiting, limit))
        if any(update.once or update.expires_at <= now for update in head):
            alive = [update for update in self._waiting if update.expires_at > now]
            head = alive[:limit]
            kept = [update for update in head if not update.once]
            self._waiting = deque([*kept, *alive[limit:]], maxlen=MOST_UPDATES)
        return [update.body for update in head]


def _end(poll: asyncio.Future[str], reason: str) -> None:
    if not poll.done():
        poll.set_result(reason)


_ENDINGS = {
    "conflict": (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    ),
    "webhook": (409, "Conflict: terminated by setWebhook request"),
    "revoked": (401, "Unauthorized"),
}
