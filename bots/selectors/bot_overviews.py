"""The table of all bots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from bots.contracts import BotOverview
from bots.models import BotStatus


def bot_overviews(
    slugs: Sequence[str] | None = None, *, backlog: Mapping[UUID, int] | None = None
) -> list[BotOverview]:
    """One line for each bot, or for those with these slugs, by slug.

    Rows that wait are counted by a room above, which may pass them as `backlog`.
    """
    statuses = BotStatus.objects.select_related("bot").order_by("bot__slug")
    if slugs is not None:
        statuses = statuses.filter(bot__slug__in=slugs)
    return [
        overview_of(status, backlog=None if backlog is None else backlog.get(status.bot_id, 0))
        for status in statuses
    ]


def overview_of(status: BotStatus, *, backlog: int | None = None) -> BotOverview:
    """The line of a bot whose rows were looked up already."""
    return BotOverview(
        id=status.bot.id,
        slug=status.bot.slug,
        name=status.bot.name,
        username=status.bot.username,
        wanted=status.bot.wanted_state,
        state=status.state,
        state_since=status.state_since,
        last_poll_at=status.last_poll_at,
        last_update_at=status.last_update_at,
        restarts=status.restarts,
        backlog=backlog,
        error=status.error,
        lease_holder=status.lease_holder,
        lease_until=status.lease_until,
        updated_at=status.bot.updated_at,
    )
