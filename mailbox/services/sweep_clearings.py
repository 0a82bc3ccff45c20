from __future__ import annotations

from uuid import UUID

from core.tenancy import across_bots, visible_bots
from mailbox.services.clear_shelf import clearings_to_go_on_with


def sweep_clearings() -> list[tuple[UUID, UUID]]:
    """Work on queues that staff asked for and nobody goes on with: (bot, what was asked for)."""
    with across_bots(reason="look for work on queues"):
        return [
            (bot_id, clearing_id)
            for bot_id in visible_bots() or ()
            for clearing_id in clearings_to_go_on_with(bot_id=bot_id)
        ]
