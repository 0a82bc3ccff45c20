from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.clock import clock
from mailbox.contracts import Arrival
from mailbox.statements import SQL


def accept(*, bot_id: UUID, arrivals: Sequence[Arrival]) -> int:
    """Keep a batch of updates in one statement; the number of those that are new. Their order is kept."""
    if not arrivals:
        return 0
    return SQL["accept"].run(
        {
            "bot_id": bot_id,
            "now": clock.now(),
            "ids": [each.id for each in arrivals],
            "update_ids": [each.update_id for each in arrivals],
            "kinds": [each.kind for each in arrivals],
            "lanes": [each.lane for each in arrivals],
            "user_ids": [each.user_id for each in arrivals],
            "may_wait": [each.may_wait for each in arrivals],
            "payloads": [each.payload for each in arrivals],
            "due_at": [each.due_at for each in arrivals],
            "reasons": [each.reason for each in arrivals],
        }
    )
