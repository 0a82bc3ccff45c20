from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from bots.statements import SQL


def renew_leases(*, holder: str, epochs: Mapping[UUID, int], seconds: float) -> set[UUID]:
    """Hold on to these bots (id to epoch) for `seconds` more and tell which are still held.

    What is missing in the answer has another holder by now and must be let go at once.
    """
    if not epochs:
        return set()
    rows = SQL["renew_leases"].rows(
        {
            "holder": holder,
            "bot_ids": list(epochs),
            "epochs": list(epochs.values()),
            "seconds": seconds,
        }
    )
    return {row.bot_id for row in rows}
