from __future__ import annotations

from datetime import datetime

from bots.health import Period
from bots.models import Bot, BotPeriod, BotStatus

# A bot that goes up and down every few seconds for weeks; what lies before is then not shown.
_MOST = 5000


def bot_periods(*, bot: Bot, since: datetime, now: datetime) -> list[Period]:
    """The states that a bot has been in from `since` until now, the present one included; newest first.

    One query, in a scope that sees the bot's figures, where its status was looked up already.
    """
    rows = (
        BotPeriod.objects.for_bot(bot.id)
        .filter(until__gt=since)
        .order_by("-until")
        .values_list("state", "since", "until", "heard_at", "error")[:_MOST]
    )
    return [*_present(bot, now), *(Period(*row) for row in rows)]


def _present(bot: Bot, now: datetime) -> list[Period]:
    status: BotStatus | None = getattr(bot, "status", None)
    if status is None:
        return []
    # Nobody has observed it yet: it stands still since it was made.
    since = status.state_since or bot.created_at
    return [Period(status.state, since, now, status.last_poll_at, status.error)]
