from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mailbox.models import Clearing


@dataclass(frozen=True, slots=True)
class ClearingLine:
    """What was asked to be done with a shelf, and how far it is: of `total` rows, so many looked at and done."""

    id: UUID
    bot_id: UUID
    action: str
    shelf: str
    state: str
    total: int
    looked_at: int
    done: int
    asked_by: int
    wanted_at: datetime
    ended_at: datetime | None


def latest_clearings(*, bot_ids: Sequence[UUID], most: int, since: datetime) -> list[ClearingLine]:
    """The newest of these bots."""
    fields = ClearingLine.__dataclass_fields__
    rows = Clearing.objects.filter(bot_id__in=bot_ids, wanted_at__gte=since).order_by("-wanted_at")
    return [ClearingLine(*row) for row in rows.values_list(*fields)[:most]]
