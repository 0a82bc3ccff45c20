"""Which bots do what is wanted of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bots.contracts import BotHealth, BotOverview
from bots.models import ObservedState, WantedState
from bots.selectors.bot_overviews import bot_overviews
from core.clock import clock

_SICK = {
    ObservedState.DEAF,
    ObservedState.CRASHED,
    ObservedState.CONFLICT,
    ObservedState.TOKEN_REVOKED,
}


def bot_health(*, poll_timeout: float) -> list[BotHealth]:
    """Every bot with the reason why it is not well, if it is not; `poll_timeout` in seconds."""
    return health_of(bot_overviews(), poll_timeout=poll_timeout)


def health_of(bots: Iterable[BotOverview], *, poll_timeout: float) -> list[BotHealth]:
    """The same for bots that were looked up already."""
    limit = timedelta(seconds=2 * poll_timeout)
    return [_judge(bot, now=clock.now(), limit=limit) for bot in bots]


def _judge(bot: BotOverview, *, now: datetime, limit: timedelta) -> BotHealth:
    return BotHealth(
        slug=bot.slug,
        wanted=bot.wanted,
        state=bot.state,
        last_poll_at=bot.last_poll_at,
        reason=_reason(bot, now=now, limit=limit),
    )


def _reason(bot: BotOverview, *, now: datetime, limit: timedelta) -> str:
    if bot.wanted != WantedState.RUNNING:
        return ""
    if bot.state in _SICK:
        return bot.state
    # Nothing but a success proves that a bot hears; only what people just changed gets time to take effect.
    heard_at = max(bot.last_poll_at or bot.updated_at, bot.updated_at)
    return "no successful poll" if now - heard_at > limit else ""
