from __future__ import annotations

from typing import Literal
from uuid import UUID

from core.clock import clock
from events.services.record_event import record_event
from profiles.models import Profile

Flag = Literal["started_journey", "completed_journey", "visited_platform", "purchased_stream"]


def mark_funnel(*, bot_id: UUID, profile_id: UUID, flag: Flag, correlation_id: str = "") -> bool:
    """A person has come so far for the first time: the flag and its time are set. False if they had before."""
    rows = Profile.objects.for_bot(bot_id).filter(id=profile_id, **{f"has_{flag}": False})
    is_new = bool(rows.update(**{f"has_{flag}": True, f"{flag}_at": clock.now()}))
    if is_new:
        record_event(
            bot_id=bot_id, kind=f"funnel.{flag}", profile_id=profile_id, correlation_id=correlation_id
        )
    return is_new
