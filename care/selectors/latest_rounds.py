from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.models import RotationRun


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round over the portraits of a bot's people. The cost is in millionths of a USD."""

    id: UUID
    bot: str
    trigger: str
    state: str
    candidates: int
    processed: int
    updated: int
    skipped: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    cost_micros: int
    wanted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    note: str


def latest_rounds(*, bot_ids: Sequence[UUID], most: int) -> list[RoundLine]:
    """The newest rounds of these bots, the newest first; as they are seen in the current scope."""
    fields = [name if name != "bot" else "bot__name" for name in RoundLine.__dataclass_fields__]
    rows = RotationRun.objects.filter(bot_id__in=bot_ids).order_by("-wanted_at", "-id")
    return [RoundLine(*row) for row in rows.values_list(*fields)[:most]]
