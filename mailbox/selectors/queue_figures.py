from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from core.clock import clock
from mailbox.shelves import QueueFigures
from mailbox.statements import SQL

# Of each shelf of a bot; nobody reads larger numbers differently.
MOST: Final = 5_000


def queue_figures(*, bot_ids: Sequence[UUID]) -> list[QueueFigures]:
    """How the queues of these bots stand, in their order; one statement."""
    if not bot_ids:
        return []
    found = {
        row.bot_id: QueueFigures(*row)
        for row in SQL["queue_figures"].rows({"bot_ids": list(bot_ids), "now": clock.now(), "most": MOST})
    }
    return [found[bot_id] for bot_id in bot_ids]
