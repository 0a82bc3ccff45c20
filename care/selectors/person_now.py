from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from care.models import RunState
from care.statements import SQL
from core.clock import clock

# So long a sign of crisis is told of wherever the person is looked at.
CRISIS_FOR: Final = timedelta(days=30)
# Whoever waits for longer is told of among the rounds.
PICKED_FOR: Final = timedelta(days=1)
_LIVE: Final = (RunState.WANTED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class PersonNow:
    """What staff should know of a person before anything else; nothing that anybody said."""

    conversation_id: UUID | None
    need: str
    needed_at: datetime | None
    # Who answers: "" the bot, "human" the operator, "drafts" the bot once a person agrees.
    mode: str
    operator_name: str
    crisis: str
    crisis_at: datetime | None
    # The refreshing of their portrait that staff asked for last: when, what came of it ("" while they wait), and
    # the round that it belongs to.
    picked_at: datetime | None
    result: str
    run_state: str
    run_ended_at: datetime | None

    @property
    def is_being_refreshed(self) -> bool:
        """Whether a new portrait is still to come."""
        return self.picked_at is not None and not self.result and self.run_state in _LIVE


def person_now(*, bot_id: UUID, profile_id: UUID) -> PersonNow:
    """How things stand with a person, in one question."""
    now = clock.now()
    (row,) = SQL["person_now"].rows(
        {
            "bot_id": bot_id,
            "profile_id": profile_id,
            "now": now,
            "crisis_since": now - CRISIS_FOR,
            "picked_since": now - PICKED_FOR,
        }
    )
    return PersonNow(
        conversation_id=row.conversation_id,
        need=row.need,
        needed_at=row.needed_at,
        mode=row.mode or "",
        operator_name=row.operator_name or "",
        crisis=row.sign or "",
        crisis_at=row.crisis_at,
        picked_at=row.picked_at,
        result=row.result or "",
        run_state=row.run_state or "",
        run_ended_at=row.ended_at,
    )
