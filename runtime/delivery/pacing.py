"""When the next message may go out, so that Telegram never has to say 429; and what happens when it does.

Token buckets, each kept as one number (the generic cell rate algorithm): the moment at which it will be full
again. A bucket that is full is forgotten. Pure: the caller brings the monotonic time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

_SWEEP_AT = 1024
_DUST = 1e-6  # seconds: what adding fractions up leaves behind must not hold a message back
_UNLIMITED = 1_000_000


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
class PaceLimits:
    """What one bot keeps to; None is without limit. The defaults stay below what Telegram was seen to allow.

    30 a second for the bot, 20 a minute for a group: burst and refill together, in any such window.
    """

    bot: Pace | None = field(default=Pace(rate=25.0, burst=5))
    private: Pace | None = field(default=Pace(rate=1.0, burst=4))
    group: Pace | None = field(default=Pace(rate=16 / 60, burst=4))


UNLIMITED = PaceLimits(bot=None, private=None, group=None)


class Pacer:
    """The buckets of one bot: its own and one for each chat it writes to. Groups have negative chat ids.

    Whoever waits until `ready_at` and then takes is never refused; who takes earlier (answers to taps) pushes
    the next one back.
    """

    def __init__(self, limits: PaceLimits) -> None:
        self._limits = limits
        self._bot_full_at = -math.inf
        self._bot_barred_until = -math.inf
        self._chat_full_at: dict[int, float] = {}
        self._chat_barred_until: dict[int, float] = {}
        self._sweep_at = _SWEEP_AT
        self._free = limits == UNLIMITED

    def keep_to(self, limits: PaceLimits) -> None:
        """From now on these limits; what was sent and how long Telegram asked for silence is remembered."""
        self._limits = limits
        self._free = limits == UNLIMITED

    def __len__(self) -> int:
        """How many chats are remembered."""
        return len(self._chat_full_at) + len(self._chat_barred_until)

    def ready_at(self, chat_id: int, now: float) -> float:
        """The earliest moment, `now` or later, at which a message may go into this chat."""
        ready = max(now, self._bot_barred_until)
        barred = self._chat_barred_until.get(chat_id)
        if barred is not None and barred > ready:
            ready = barred
        if self._free:
            return ready
        if self._limits.bot is not None:
            ready = max(ready, _ready(self._limits.bot, self._bot_full_at))
        pace = self._pace_of(chat_id)
        full_at = self._chat_full_at.get(chat_id)
        if pace is not None and full_at is not None:
            ready = max(ready, _ready(pace, full_at))
        return ready

    def room(self, now: float) -> int:
        """How many messages the bot as a whole may send at this moment, whatever their chats allow."""
        if self._bot_barred_until > now:
            return 0
        if self._free or self._limits.bot is None:
            return _UNLIMITED
        pace = self._limits.bot
        missing = max(0.0, self._bot_full_at - now) * pace.rate
        return max(0, int(pace.burst - missing + _DUST * pace.rate))

    def take(self, chat_id: int, now: float) -> None:
        """A message goes into this chat now."""
        if self._free:
            return
        if self._limits.bot is not None:
            self._bot_full_at = _taken(self._limits.bot, self._bot_full_at, now)
        pace = self._pace_of(chat_id)
        if pace is not None:
            self._chat_full_at[chat_id] = _taken(pace, self._chat_full_at.get(chat_id, now), now)
            self._sweep(now)

    def punish(self, chat_id: int | None, retry_after: float, now: float) -> None:
        """Telegram said 429: nothing into this chat (None: from this bot) for `retry_after` seconds."""
        until = now + max(retry_after, 0.0)
        if chat_id is None:
            self._bot_barred_until = max(self._bot_barred_until, until)
        else:
            self._chat_barred_until[chat_id] = max(self._chat_barred_until.get(chat_id, now), until)
            self._sweep(now)

    def _pace_of(self, chat_id: int) -> Pace | None:
        return self._limits.group if chat_id < 0 else self._limits.private

    def _sweep(self, now: float) -> None:
        """Forget chats for which nothing is left to remember, each time as many again have come."""
        if len(self) < self._sweep_at:
            return
        self._chat_full_at = {chat: at for chat, at in self._chat_full_at.items() if at > now}
        self._chat_barred_until = {chat: at for chat, at in self._chat_barred_until.items() if at > now}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self))


def _ready(pace: Pace, full_at: float) -> float:
    """When the bucket holds one again."""
    return full_at - (pace.burst - 1) / pace.rate - _DUST


def _taken(pace: Pace, full_at: float, now: float) -> float:
    """When the bucket will be full, after one more was taken."""
    return max(full_at, now) + 1 / pace.rate
