from __future__ import annotations

from uuid import UUID

from bots.contracts import Lease
from bots.statements import SQL


def acquire_lease(*, bot_id: UUID, holder: str, seconds: float) -> Lease | None:
    """Take a bot that nobody holds, or whose holder is overdue; None while somebody holds it.

    For any number of processes on any number of hosts at most one gets it.
    """
    rows = SQL["acquire_lease"].rows({"bot_id": bot_id, "holder": holder, "seconds": seconds})
    return Lease(bot_id=bot_id, holder=holder, epoch=rows[0].lease_epoch) if rows else None
