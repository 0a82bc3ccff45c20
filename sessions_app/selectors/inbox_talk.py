from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.clock import clock
from sessions_app.models import Mode
from sessions_app.statements import SQL

# So long a reason that was given holds.
OPENED_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class InboxTalk:
    """A conversation and what surrounds it, for a member of staff; nothing that anybody said."""

    bot_id: UUID
    conversation_id: UUID
    chat_id: int
    bot_name: str
    timezone: str
    profile_id: UUID
    first_name: str
    last_name: str
    username: str
    telegram_id: int
    language: str
    journey_stage: str
    last_seen_at: datetime
    met_at: datetime
    is_active: bool
    is_underage: bool
    consented_at: datetime | None
    paused_at: datetime | None
    blocked_at: datetime | None
    mode: str
    operator_id: int | None
    operator_name: str
    taken_at: datetime | None
    hand_back_at: datetime | None
    need: str
    needed_at: datetime | None
    assigned_to_id: int | None
    assigned_name: str
    snoozed_until: datetime | None
    session_kind: str
    session_state: str
    question_count: int | None
    started_at: datetime | None
    read_at: datetime | None
    # Whether this member of staff has said why, lately.
    is_opened: bool
    # Another text whenever anything of the page has changed.
    stamp: str
    said_at: datetime | None

    @property
    def is_held(self) -> bool:
        """Whether a person of the team answers in it now."""
        return self.mode == Mode.HUMAN and self.hand_back_at is not None and self.hand_back_at > clock.now()


def inbox_talk(*, bot_id: UUID, conversation_id: UUID, reader_id: int) -> InboxTalk | None:
    """The conversation as this member of staff finds it; None where there is none."""
    now = clock.now()
    rows = SQL["inbox_talk"].rows(
        {
            "bot_id": bot_id,
            "conversation_id": conversation_id,
            "reader_id": reader_id,
            "now": now,
            "opened_since": now - OPENED_FOR,
        }
    )
    if not rows:
        return None
    found = rows[0]._asdict()
    for name in ("operator_name", "assigned_name", "session_kind", "session_state"):
        found[name] = found[name] or ""
    return InboxTalk(**found)
