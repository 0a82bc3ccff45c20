"""Whom a rotation refreshes: consented, active, of age; for the daily one also seen lately and grown stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from profiles.statements import SQL

SEEN_WITHIN = timedelta(days=30)
FRESH_FOR = timedelta(days=7)

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class DueProfile:
    """A person who is to be refreshed; `(last_seen_at, id)` is their place in the order."""

    id: UUID
    telegram_id: int
    language: str
    last_seen_at: datetime


def due_profiles(
    *,
    bot_id: UUID,
    now: datetime,
    tried_before: datetime,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
    is_for_all: bool = False,
) -> list[DueProfile]:
    """The next people to refresh, the most recently seen first, who were not tried since `tried_before`.

    They were seen in the last 30 days, and their profile is missing or older than 7; with `is_for_all` neither is
    asked. `after` is the place of the last one that is known already.
    """
    after_at, after_id = after or (_LATEST, _LAST_ID)
    rows = SQL["due_profiles"].rows(
        {
            **_asked(bot_id, now, tried_before, is_for_all=is_for_all),
            "after_at": after_at,
            "after_id": after_id,
            "limit": limit,
        }
    )
    return [DueProfile(*row) for row in rows]


def count_due(*, bot_id: UUID, now: datetime, tried_before: datetime, is_for_all: bool = False) -> int:
    """How many people `due_profiles` would bring one after the other."""
    (row,) = SQL["count_due"].rows(_asked(bot_id, now, tried_before, is_for_all=is_for_all))
    return int(row.due)


def _asked(bot_id: UUID, now: datetime, tried_before: datetime, *, is_for_all: bool) -> dict[str, object]:
    return {
        "bot_id": bot_id,
        "seen_since": _EARLIEST if is_for_all else now - SEEN_WITHIN,
        "updated_before": _LATEST if is_for_all else now - FRESH_FOR,
        "tried_before": tried_before,
    }
