from __future__ import annotations

from bots.contracts import BotRef
from bots.models import Bot


def find_bots(*, slug: str | None = None) -> list[BotRef]:
    """The bot of this slug, or all bots by name."""
    bots = Bot.objects.order_by("name", "id")
    if slug is not None:
        bots = bots.filter(slug=slug)
    return [BotRef(*row) for row in bots.values_list("id", "slug", "name")]
