from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from bots.statements import SQL


def record_polls(*, polls: Mapping[UUID, tuple[datetime, datetime | None]]) -> int:
    """Write when each bot was last answered by Telegram, and when it last heard from a person (or None).

    One statement for all bots of a process; times never go back. Returns how many bots were found.
    """
    if not polls:
        return 0
    return SQL["record_polls"].run(
        {
            "bot_ids": list(polls),
            "poll_times": [poll_at for poll_at, _ in polls.values()],
            "update_times": [update_at for _, update_at in polls.values()],
        }
    )
