from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from mailbox.contracts import Claimed, RowBehind
from mailbox.statements import SQL

_SCAN = 5_000
# Of somebody who writes without end the newest count.
_MOST = 50


def rows_behind(*, bot_id: UUID, rows: Sequence[Claimed]) -> dict[int, list[RowBehind]]:
    """What stands in the lanes of these rows in hand behind them, by lane, oldest first.

    Fifty rows at most, of the bot's newest five thousand.
    """
    found: dict[int, list[RowBehind]] = {}
    behind = SQL["rows_behind"].rows(
        {
            "bot_id": bot_id,
            "after": min(row.seq for row in rows),
            "lanes": [row.lane for row in rows],
            "in_hand": [row.id for row in rows],
            "scan": _SCAN,
            "most": _MOST,
        }
    )
    for row in reversed(behind):
        found.setdefault(row.lane, []).append(RowBehind(row.kind, bytes(row.payload)))
    return found
