"""What people want of each bot."""

from __future__ import annotations

from collections.abc import Sequence

from bots.contracts import WantedBot
from bots.models import Bot


def list_wanted_bots(slugs: Sequence[str] | None = None) -> list[WantedBot]:
    """Every bot, those that should stand still included, or only those with these slugs; oldest first."""
    bots = Bot.objects.order_by("id")
    if slugs is not None:
        bots = bots.filter(slug__in=slugs)
    rows = bots.values_list("id", "slug", "wanted_state", "generation", "has_own_process", "updated_at")
    return [WantedBot(*row) for row in rows]
