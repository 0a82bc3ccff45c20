"""Telegram's pace: about 30 messages a second per bot, 1000 of those that are paid for, 1 a second per private chat,
20 a minute per group."""

from __future__ import annotations

from collections import deque
from math import ceil

from core.clock import clock

BOT_RATE = 30.0  # messages a second
PAID_RATE = 1000.0  # likewise, with `allow_paid_broadcast`
CHAT_RATE = 1.0  # messages a second
CHAT_BURST = 5  # messages at once in one private chat
GROUP_QUOTA = 20  # messages in one group within GROUP_PERIOD
GROUP_PERIOD = 60.0  # seconds
_MOST_CHATS = 20_000


class _Bucket:
    __slots__ = ("burst", "rate", "tokens", "updated")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = burst
        self.updated = now

    def is_full(self, now: float) -> bool:
        """Has it rested so long that it is as good as new?"""
        self._refill(now)
        return self.tokens >= self.burst

    def wait(self, now: float) -> float:
        """Seconds until one more is allowed; 0 when it is now."""
        self._refill(now)
        # The epsilon forgives what float arithmetic loses on the way to a whole token.
        return 0.0 if self.tokens > 1 - 1e-6 else (1 - self.tokens) / self.rate

    def _refill(self, now: float) -> None:
        self.tokens = min(self.burst, self.tokens + (now - self.updated) * self.rate)
        self.updated = now


class Pace:
    """What one bot has sent lately. Whole seconds to wait come back, as in `retry_after`."""

    def __init__(self) -> None:
        self._free = _Bucket(BOT_RATE, BOT_RATE, clock.monotonic())
        self._paid = _Bucket(PAID_RATE, PAID_RATE, clock.monotonic())
        self._chats: dict[int, _Bucket] = {}
        self._groups: dict[int, deque[float]] = {}

    def admit(self, chat_id: int, *, group: bool, is_paid: bool = False) -> int:
        """Count one message in, or answer how many seconds to wait and count nothing.

        What is paid for is counted apart from the rest; a chat takes no more of it.
        """
        now = clock.monotonic()
        of_bot = self._paid if is_paid else self._free
        wait = self._group_wait(chat_id, now) if group else self._chat_wait(chat_id, now)
        wait = max(wait, of_bot.wait(now))
        if wait > 0:
            return max(1, ceil(wait))
        of_bot.tokens -= 1
        if group:
            self._groups[chat_id].append(now)
        else:
            self._chats[chat_id].tokens -= 1
        return 0

    def _chat_wait(self, chat_id: int, now: float) -> float:
        bucket = self._chats.get(chat_id)
        if bucket is None:
            if len(self._chats) >= _MOST_CHATS:
                self._chats = {key: kept for key, kept in self._chats.items() if not kept.is_full(now)}
            bucket = self._chats[chat_id] = _Bucket(CHAT_RATE, CHAT_BURST, now)
        return bucket.wait(now)

    def _group_wait(self, chat_id: int, now: float) -> float:
        sent = self._groups.setdefault(chat_id, deque())
        while sent and sent[0] <= now - GROUP_PERIOD:
            sent.popleft()
        return sent[0] + GROUP_PERIOD - now if len(sent) >= GROUP_QUOTA else 0.0
