from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from broadcast.comparison import Arm
from broadcast.statements import SQL


def arms_of(*, broadcast_id: UUID, bot_ids: Sequence[UUID], labels: Sequence[str]) -> list[Arm]:
    """What became of those who got each text, in the order of the labels. Its cost follows what was sent."""
    rows = SQL["arms"].rows({"broadcast_id": broadcast_id, "bot_ids": list(bot_ids)})
    found = {row.variant: row for row in rows}
    arms = []
    for number, label in enumerate(labels):
        row = found.get(number)
        arms.append(Arm(label, row.sent, row.replied, row.clicked) if row else Arm(label, 0, 0, 0))
    return arms
