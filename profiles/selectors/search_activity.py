"""What people of some bots did, found for staff: in the log and in the archive, as if they were one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from profiles.statements import SQL

# How many rows are looked at in one go for something rare, and how often before the page comes as it is.
STRETCH = 2_000
LOOKS = 5

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_LAST_ID = UUID(int=2**128 - 1)

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class FoundActivity:
    """One thing that somebody did."""

    id: UUID
    bot_id: UUID
    profile_id: UUID
    kind: str
    details: Mapping[str, object]
    at: datetime
    is_archived: bool


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """What was found, newest first; `cursor` is where to look on, None where there is nothing more.

    A page may hold less than was asked for, even nothing, and have a cursor: it stopped looking for something rare.
    """

    found: tuple[FoundActivity, ...]
    cursor: Place | None


def search_activity(
    *,
    bot_ids: Sequence[UUID],
    profile_id: UUID | None = None,
    kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    limit: int = 50,
    cursor: Place | None = None,
) -> ActivityPage:
    """The activity of these bots, from `since` on and before `until`, of one kind and with a word in its details.

    `text` is looked for in what the details hold, small and capital letters alike. `cursor` is that of the page
    before, and only for the same question.
    """
    before = cursor or (until or _LATEST, _LAST_ID if until is None else UUID(int=0))
    stretch = max(STRETCH, limit) if kind or text else limit + 1
    found: list[FoundActivity] = []
    for _ in range(LOOKS):
        rows = SQL["search_activity"].rows(
            {
                "bot_ids": list(bot_ids),
                "profile_id": profile_id,
                "kind": kind,
                "text": text,
                "since": since or _EARLIEST,
                "before_at": before[0],
                "before_id": before[1],
                "stretch": stretch,
            }
        )
        *hits, last = rows or (None,)
        for row in hits:
            if len(found) == limit:
                return ActivityPage(tuple(found), (found[-1].at, found[-1].id))
            found.append(FoundActivity(*row[:7]))
        if last is None or last.looked_at < stretch:
            return ActivityPage(tuple(found), None)
        before = last.created_at, last.id
    return ActivityPage(tuple(found), before)
