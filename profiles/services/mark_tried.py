from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from profiles.statements import SQL


def mark_tried(*, bot_id: UUID, profile_ids: Sequence[UUID], at: datetime) -> None:
    """Note that a rotation took these people up, however it ended; `due_profiles` leaves them out by that."""
    SQL["mark_tried"].run({"bot_id": bot_id, "profile_ids": list(profile_ids), "at": at})
