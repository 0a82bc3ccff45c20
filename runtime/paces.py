"""How fast a bot may send and a person may go on, from what staff have set. Pure."""

from __future__ import annotations

from bots.contracts import BotSettings
from runtime.delivery.pacing import Pace, PaceLimits, Quota
from runtime.dispatch.throttle import ACTS_PER_SECOND, MOST_ACTS


def send_limits(settings: BotSettings) -> PaceLimits:
    """What the bot keeps to when it sends; a pace that is not set is no limit."""
    bot, chat = settings.sends_per_second, settings.chat_sends_per_second
    return PaceLimits(
        bot=quota(bot) if bot else None,
        private=Pace(rate=chat, burst=4) if chat else None,
        group=Pace(rate=16 / 60, burst=4) if chat else None,
    )


def quota(per_second: float) -> Quota:
    """In any second at most so many; slower than one a second, one in so many seconds."""
    count = max(1, int(per_second))
    return Quota(count=count, seconds=count / per_second)


def act_pace(settings: BotSettings) -> tuple[int, float]:
    """How many acts of one person at once, and then a second, from what staff may have written by hand."""
    burst, per_second = settings.config.get("act_burst"), settings.config.get("acts_per_second")
    return (
        burst if type(burst) is int and burst > 0 else MOST_ACTS,
        float(per_second) if isinstance(per_second, int | float) and per_second > 0 else ACTS_PER_SECOND,
    )
