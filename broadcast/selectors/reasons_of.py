from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from broadcast.statements import SQL
from broadcast.states import RecipientState

# Of each state so many are looked at, over all bots; of each bot at least some.
LOOKED_AT: Final = 3_000
_LEAST_A_BOT: Final = 100
_STATES: Final = (
    RecipientState.HELD,
    RecipientState.DEFERRED,
    RecipientState.FAILED,
    RecipientState.BLOCKED,
    RecipientState.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many recipients are in a state; `is_at_least`: there may be more."""

    state: str
    reason: str
    count: int
    is_at_least: bool


def reasons_of(*, broadcast_id: UUID, bot_ids: Sequence[UUID]) -> list[Reason]:
    """Why recipients are held back, deferred, failed, blocked or unknown, the most frequent first; one query."""
    most = max(_LEAST_A_BOT, LOOKED_AT // max(1, len(bot_ids)))
    rows = SQL["reasons"].rows(
        {
            "broadcast_id": broadcast_id,
            "bot_ids": list(bot_ids),
            "states": [each.value for each in _STATES],
            "most": most,
        }
    )
    return [Reason(row.state, row.reason, row.count, row.count >= most) for row in rows]
