from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from care.statements import SQL

_OF_PEOPLE = (
    "people",
    "consented",
    "active",
    "seen_day",
    "seen_week",
    "seen_month",
    "started",
    "completed",
    "visited",
    "purchased",
    "fresh_week",
    "fresh_month",
    "fresh_older",
    "fresh_never",
)
_OF_TALK = ("open_sessions", "completed_sessions", "with_session", "messages_day")


def count_figures(*, bot_id: UUID, now: datetime) -> dict[str, Any]:
    """What grows with a bot's people, as JSON: whole numbers by name, and `stages`, people by a stage's code.

    It looks at everybody, which takes some tenths of a second where they are hundreds of thousands.
    """
    since = {name: now - timedelta(days=days) for name, days in (("day", 1), ("week", 7), ("month", 30))}
    by_stage = SQL["count_people"].rows({"bot_id": bot_id, **since})
    (talk,) = SQL["count_talk"].rows({"bot_id": bot_id, "day": since["day"]})
    return {
        **{name: sum(getattr(row, name) for row in by_stage) for name in _OF_PEOPLE},
        **{name: getattr(talk, name) for name in _OF_TALK},
        "stages": {row.stage: row.people for row in by_stage if row.stage},
    }
