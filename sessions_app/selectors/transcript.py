from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sessions_app.statements import SQL

PAGE: Final = 50
_LONGEST: Final = 400
_LAST: Final = UUID(int=2**128 - 1)
_FIRST_DAY: Final = datetime(1, 1, 1, tzinfo=UTC)
_LAST_DAY: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a conversation: when something was said, and what."""

    at: datetime
    message_id: UUID


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said. `sending` is what became of an operator's words, while the outbox knows: pending, sent, …

    As long as it does, `photo_id` is the file that went along, and `buttons` what stands on those under the words.
    """

    id: UUID
    at: datetime
    role: str
    text: str
    edited_at: datetime | None
    operator_id: int | None
    operator_name: str
    is_model: bool
    sending: str
    has_photo: bool
    photo_id: UUID | None = None
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands between the words: `began`, `ended`, `note`, or the kind of an event; `what` goes into detail."""

    id: UUID
    at: datetime
    kind: str
    what: str
    text: str
    by_name: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a conversation, oldest first, and where the part before it ends, if there is one."""

    entries: tuple[Said | Mark, ...]
    older: Place | None
    # When it begins, for the same stretch again.
    since: datetime


def transcript(
    *,
    bot_id: UUID,
    conversation_id: UUID,
    profile_id: UUID,
    before: Place | None = None,
    since: datetime | None = None,
    most: int = PAGE,
) -> Stretch:
    """What was said before a place, the newest `most` of it; or all of it since a time, 400 messages at most."""
    wanted = most if since is None else _LONGEST
    ends = before.at if before else _LAST_DAY
    where: dict[str, Any] = {"bot_id": bot_id, "conversation_id": conversation_id}
    rows = SQL["transcript"].rows(
        where
        | {
            "before_at": ends,
            "before_id": before.message_id if before else _LAST,
            "since": since or _FIRST_DAY,
            "most": wanted + 1,
        }
    )
    has_older = len(rows) > wanted
    said = [_said(row) for row in rows[:wanted]]
    # The first stretch of all reaches back to what happened before anybody spoke.
    begins = since or (said[-1].at if has_older else _FIRST_DAY)
    marks = SQL["transcript_marks"].rows(where | {"profile_id": profile_id, "since": begins, "until": ends})
    entries: list[Said | Mark] = [*reversed(said), *(_mark(row) for row in marks)]
    # Sorting is stable: what was said at the same time stays in its order.
    entries.sort(key=lambda entry: entry.at)
    older = Place(said[-1].at, said[-1].id) if has_older else None
    return Stretch(tuple(entries), older, begins)


def _said(row: Any) -> Said:
    return Said(
        id=row.id,
        at=row.created_at,
        role=row.role,
        text=row.text,
        edited_at=row.edited_at,
        operator_id=row.operator_id,
        operator_name=row.operator_name or "",
        is_model=bool(row.model),
        sending=row.sending or "",
        has_photo=bool(row.has_photo),
        photo_id=row.photo_id,
        buttons=tuple(map(str, row.buttons or ())),
    )


def _mark(row: Any) -> Mark:
    return Mark(id=row.id, at=row.at, kind=row.kind, what=row.what, text=row.text, by_name=row.by_name or "")
