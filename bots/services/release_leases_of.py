from __future__ import annotations

from uuid import UUID

from bots.statements import SQL


def release_leases_of(*, holder_prefix: str) -> set[UUID]:
    """Give back whatever a process held that is known to be dead, without waiting for its leases to end.

    Raises ValueError for an empty prefix, which would mean every process of every host.
    """
    if not holder_prefix:
        message = "an empty prefix would release everybody's leases"
        raise ValueError(message)
    rows = SQL["release_leases_of"].rows({"holder_prefix": holder_prefix})
    return {row.bot_id for row in rows}
