"""When the next message may go out, so that Telegram never has to say 429; and what happens when it does.

A chat's pace is a token bucket, kept as one number (the generic cell rate algorithm): the moment at which it will be
full again; one that is full is forgotten. The bot's quota is counted in a window that slides: a message is in it from
its leaving until a second after its answer, so that, however long requests take on their way, Telegram never sees more
in a second, and what one was late the next makes up for. Pure: the caller brings the monotonic time.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from itertools import takewhile

_SWEEP_AT = 1024
_DUST = 1e-6  # seconds: what adding fractions up leaves behind must not hold a message back
_UNLIMITED = 1_000_000
_EVENLY = 1.05  # a little faster than the quota, which is what bounds them


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` messages at once, then `rate` a second: in any window at most burst + rate x seconds."""

    rate: float
    burst: int

    def __post_init__(self) -> None:
        if not (self.rate > 0 and self.burst >= 1):
            msg = "a pace needs a rate above 0 and a burst of at least 1"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `count` messages in any `seconds`."""

    count: int
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if not (self.count >= 1 and self.seconds > 0):
            msg = "a quota allows at least 1 in some time"
            raise ValueError(msg)

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class PaceLimits:
    """What one bot keeps to; None is without limit. The defaults are what Telegram was seen to allow.

    30 a second for the bot, 20 a minute for a group: burst and refill together, in any such window.
    """

    bot: Quota | None = field(default=Quota(30))
    private: Pace | None = field(default=Pace(rate=1.0, burst=4))
    group: Pace | None = field(default=Pace(rate=16 / 60, burst=4))


UNLIMITED = PaceLimits(bot=None, private=None, group=None)
# What Telegram allows for Stars (core.telegram.org/bots/faq#how-can-i-message-all-of-my-bot-39s-subscribers-at-once).
PAID = Quota(1000)


class Pacer:
    """The buckets of one bot: its own and one for each chat it writes to. Groups have negative chat ids.

    Whoever waits until `ready_at` and then takes is never refused; who takes earlier (answers to taps) pushes
    the next one back.
    """

    def __init__(self, limits: PaceLimits) -> None:
        self._limits = limits
        # When each message that was answered leaves the window, in that order; and how many were not answered yet.
        self._window: deque[float] = deque()
        self._unanswered = 0
        self._bulk_full_at = -math.inf
        self._bot_barred_until = -math.inf
        self._chat_full_at: dict[int, float] = {}
        self._chat_barred_until: dict[int, float] = {}
        self._sweep_at = _SWEEP_AT
        self._free = limits == UNLIMITED

    @property
    def limits(self) -> PaceLimits:
        return self._limits

    def keep_to(self, limits: PaceLimits) -> None:
        """From now on these limits; what was sent and how long Telegram asked for silence is remembered."""
        self._limits = limits
        self._free = limits == UNLIMITED

    def __len__(self) -> int:
        """How many chats are remembered."""
        return len(self._chat_full_at) + len(self._chat_barred_until)

    def ready_at(self, chat_id: int, now: float) -> float:
        """The earliest moment, `now` or later, at which a message may go into this chat."""
        ready = self.chat_ready_at(chat_id, now)
        return ready if self._free else max(ready, self._bot_ready_at(now))

    def chat_ready_at(self, chat_id: int, now: float) -> float:
        """The same, whatever the bot as a whole has sent lately."""
        ready = max(now, self._bot_barred_until)
        barred = self._chat_barred_until.get(chat_id)
        if barred is not None and barred > ready:
            ready = barred
        if self._free:
            return ready
        pace = self._pace_of(chat_id)
        full_at = self._chat_full_at.get(chat_id)
        if pace is not None and full_at is not None:
            ready = max(ready, _ready(pace, full_at))
        return ready

    def barred_until(self, chat_id: int) -> float:
        """Until when Telegram has asked for silence in this chat, or everywhere; long ago where it has not."""
        return max(self._bot_barred_until, self._chat_barred_until.get(chat_id, -math.inf))

    def room(self, now: float, *, ahead: float = 0.0) -> int:
        """How many messages the bot as a whole may send, whatever their chats allow: now, or so many seconds from now.

        Whoever takes ahead of time sends each at its `ready_at`.
        """
        if self._bot_barred_until > now:
            return 0
        if self._free or self._limits.bot is None:
            return _UNLIMITED
        self._slide(now)
        soon = sum(1 for _ in takewhile(lambda at: at <= now + ahead, self._window)) if ahead else 0
        return max(0, self._limits.bot.count - len(self._window) + soon - self._unanswered)

    def bulk_room(self, now: float, *, ahead: float = 0.0) -> int:
        """How many of these may be of broadcasts: they leave evenly, so that a reply never waits for a whole window."""
        room = self.room(now, ahead=ahead)
        if room <= 0 or self._free or self._limits.bot is None:
            return room
        pace = _bulk(self._limits.bot)
        saved = pace.burst - max(0.0, self._bulk_full_at - now) * pace.rate
        return min(room, max(0, int(saved + (ahead + _DUST) * pace.rate)))

    def bulk_ready_at(self, now: float, *, count: int = 1) -> float:
        """The earliest moment, `now` or later, at which one more of a broadcast (the last of `count`) may leave."""
        ready = max(now, self._bot_barred_until, self._bot_ready_at(now, count))
        if self._free or self._limits.bot is None:
            return ready
        pace = _bulk(self._limits.bot)
        return max(ready, _ready(pace, max(self._bulk_full_at, now) + (count - 1) / pace.rate))

    def take(self, chat_id: int, now: float, *, is_bulk: bool = False) -> None:
        """A message goes into this chat now; `answered` must follow."""
        self._unanswered += 1
        if self._free:
            return
        if is_bulk and self._limits.bot is not None:
            self._bulk_full_at = _taken(_bulk(self._limits.bot), self._bulk_full_at, now)
        pace = self._pace_of(chat_id)
        if pace is not None:
            self._chat_full_at[chat_id] = _taken(pace, self._chat_full_at.get(chat_id, now), now)
            self._sweep(now)

    def answered(self, now: float) -> None:
        """Telegram has answered a message, or nobody will: it counts for a while from now on."""
        self._unanswered = max(0, self._unanswered - 1)
        if self._limits.bot is not None:
            self._window.append(now + self._limits.bot.seconds)

    def punish(self, chat_id: int | None, retry_after: float, now: float) -> None:
        """Telegram said 429: nothing into this chat (None: from this bot) for `retry_after` seconds."""
        until = now + max(retry_after, 0.0)
        if chat_id is None:
            self._bot_barred_until = max(self._bot_barred_until, until)
        else:
            self._chat_barred_until[chat_id] = max(self._chat_barred_until.get(chat_id, now), until)
            self._sweep(now)

    def _bot_ready_at(self, now: float, count: int = 1) -> float:
        quota = self._limits.bot
        if quota is None:
            return now
        self._slide(now)
        missing = len(self._window) + self._unanswered + count - quota.count
        if missing <= 0:
            return now
        if missing > len(self._window):
            # All that fills it is under way: at the earliest when the first of them is answered.
            return now + _DUST
        return self._window[missing - 1]

    def _slide(self, now: float) -> None:
        while self._window and self._window[0] <= now + _DUST:
            self._window.popleft()

    def _pace_of(self, chat_id: int) -> Pace | None:
        return self._limits.group if chat_id < 0 else self._limits.private

    def _sweep(self, now: float) -> None:
        """Forget chats for which nothing is left to remember, each time as many again have come."""
        if len(self) < self._sweep_at:
            return
        self._chat_full_at = {chat: at for chat, at in self._chat_full_at.items() if at > now}
        self._chat_barred_until = {chat: at for chat, at in self._chat_barred_until.items() if at > now}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self))


def _bulk(quota: Quota) -> Pace:
    """Broadcasts as evenly as the quota allows, with some to make up for what was late."""
    return Pace(rate=quota.rate * _EVENLY, burst=max(1, quota.count // 8))


def _ready(pace: Pace, full_at: float) -> float:
    """When the bucket holds one again."""
    return full_at - (pace.burst - 1) / pace.rate - _DUST


def _taken(pace: Pace, full_at: float, now: float) -> float:
    """When the bucket will be full, after one more was taken."""
    return max(full_at, now) + 1 / pace.rate
