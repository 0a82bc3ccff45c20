from __future__ import annotations

from uuid import UUID

from core.clock import clock
from core.tenancy import in_bot
from profiles.selectors.due_profiles import count_due


def rotation_preview(*, bot_id: UUID, is_for_all: bool) -> int:
    """How many people of a bot a round would look at now."""
    now = clock.now()
    with in_bot(bot_id):
        return count_due(bot_id=bot_id, now=now, tried_before=now, is_for_all=is_for_all)
