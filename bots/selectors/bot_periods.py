from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bots.health import Period
from bots.models import BotPeriod, BotStatus

# A bot that goes up and down every few seconds for weeks; what lies before is then not shown.
_MOST = 5000


def bot_periods(*, bot_id: UUID, since: datetime, now: datetime) -> list[Period]:
    """The states that a bot has been in from `since` until now, the present one included; newest first.

    Two queries, in a scope that sees the bot's figures.
    """
    rows = (
        BotPeriod.objects.for_bot(bot_id)
        .filter(until__gt=since)
        .order_by("-until")
        .values_list("state", "since", "until", "heard_at", "error")[:_MOST]
    )
    return [*_present(bot_id, now), *(Period(*row) for row in rows)]


def _present(bot_id: UUID, now: datetime) -> list[Period]:
    status = BotStatus.objects.select_related("bot").filter(bot_id=bot_id).first()
    if status is None:
        return []
    # Nobody has observed it yet: it stands still since it was made.
    since = status.state_since or status.bot.created_at
    return [Period(status.state, since, now, status.last_poll_at, status.error)]
