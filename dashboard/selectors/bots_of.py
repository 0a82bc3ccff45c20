from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bots.models import Bot


@dataclass(frozen=True, slots=True)
class BotName:
    """A bot as lists name it."""

    id: UUID
    slug: str
    name: str
    timezone: str
    persona_id: UUID | None = None


def bots_of(*, bot_ids: Sequence[UUID]) -> list[BotName]:
    """These bots, by name."""
    rows = (
        Bot.objects.filter(id__in=bot_ids)
        .order_by("name", "id")
        .values_list("id", "slug", "name", "timezone", "persona_id")
    )
    return [BotName(*row) for row in rows]
