from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from core.clock import clock
from sessions_app.models import Mode
from sessions_app.statements import SQL

PAGE: Final = 40
# So many people are looked at for those filters that no index serves; the next page goes on behind them.
LOOKED_AT: Final = 600
_NEEDS: Final = frozenset({"needs", "crisis"})
_WORK: Final = frozenset({"mine", "taken", "later", "drafts"})
_SIFTED: Final = frozenset({"unanswered", "unread"})
SHOWS: Final = frozenset({"all"}) | _NEEDS | _WORK | _SIFTED
_LAST: Final = UUID(int=2**128 - 1)
_LAST_DAY: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: the time by which it is ordered, and whose it is."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One conversation as the list shows it. Nothing that anybody said."""

    bot_id: UUID
    profile_id: UUID
    conversation_id: UUID
    first_name: str
    last_name: str
    username: str
    telegram_id: int
    last_seen_at: datetime
    is_active: bool
    # Who spoke last ("" where nobody did), the operator where it was one, and when.
    role: str
    spoke_id: int | None
    said_at: datetime | None
    need: str
    mode: str
    operator_id: int | None
    operator_name: str
    hand_back_at: datetime | None
    assigned_to_id: int | None
    assigned_name: str
    snoozed_until: datetime | None
    is_unread: bool
    has_draft: bool

    @property
    def is_held(self) -> bool:
        """Whether a person of the team answers in it now."""
        return self.mode == Mode.HUMAN and self.hand_back_at is not None and self.hand_back_at > clock.now()


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the list, and where the next one begins, if there may be one."""

    lines: tuple[InboxLine, ...]
    older: Place | None


def inbox_list(
    *,
    bot_ids: Sequence[UUID],
    reader_id: int,
    show: str = "all",
    profile_ids: Sequence[UUID] | None = None,
    before: Place | None = None,
    most: int = PAGE,
) -> InboxPage:
    """Conversations of these bots from `before` on: those whose person was seen last first, or who needs a human since
    lately.

    `show` is one of SHOWS; `profile_ids` narrows it to people who were searched for. What is unread or not answered
    is looked for among people seen lately, LOOKED_AT on a page: a page may be short and yet not be the last.
    """
    is_sifted = show in _SIFTED or profile_ids is not None
    looked_at = LOOKED_AT if is_sifted else most
    params = {
        "bot_ids": list(bot_ids),
        "show": show,
        "reader_id": reader_id,
        "now": clock.now(),
        "before_at": before.at if before else _LAST_DAY,
        "before_id": before.id if before else _LAST,
        "most": looked_at + 1,
    }
    if profile_ids is not None:
        keys = SQL["inbox_found"].rows(params | {"profile_ids": list(profile_ids)})
    else:
        source = "inbox_needs" if show in _NEEDS else "inbox_work" if show in _WORK else "inbox_people"
        keys = SQL[source].rows(params)
    rows = SQL["inbox_rows"].rows(
        {
            "bot_ids": [key.bot_id for key in keys[:looked_at]],
            "profile_ids": [key.profile_id for key in keys[:looked_at]],
            "reader_id": reader_id,
            "show": show,
        }
    )
    lines = [_line(row) for row in rows]
    if profile_ids is not None:
        lines = [line for line in lines if _fits(line, show, reader_id)]
    last = None
    if len(lines) > most:
        last = next(key for key in keys if key.profile_id == lines[most - 1].profile_id)
    elif len(keys) > looked_at:
        last = keys[looked_at - 1]
    return InboxPage(tuple(lines[:most]), Place(last.at, last.place_id) if last else None)


def _fits(line: InboxLine, show: str, reader_id: int) -> bool:
    """Whether somebody who was searched for belongs into this list; what the rows say, said again."""
    is_put_off = line.snoozed_until is not None and line.snoozed_until > clock.now()
    if show == "needs":
        return bool(line.need) and not is_put_off
    if show == "mine":
        return line.assigned_to_id == reader_id or (line.is_held and line.operator_id == reader_id)
    fits = {
        "crisis": line.need == "crisis",
        "taken": line.is_held,
        "later": is_put_off,
        "drafts": line.has_draft,
    }
    return fits.get(show, True)


def _line(row: Any) -> InboxLine:
    return InboxLine(
        bot_id=row.bot_id,
        profile_id=row.profile_id,
        conversation_id=row.conversation_id,
        first_name=row.first_name,
        last_name=row.last_name,
        username=row.username,
        telegram_id=row.telegram_id,
        last_seen_at=row.last_seen_at,
        is_active=row.is_active,
        role=row.role or "",
        spoke_id=row.spoke_id,
        said_at=row.said_at,
        need=row.need,
        mode=row.mode,
        operator_id=row.operator_id,
        operator_name=row.operator_name or "",
        hand_back_at=row.hand_back_at,
        assigned_to_id=row.assigned_to_id,
        assigned_name=row.assigned_name or "",
        snoozed_until=row.snoozed_until,
        is_unread=row.said_at is not None and (row.read_at is None or row.said_at > row.read_at),
        has_draft=row.has_draft,
    )
