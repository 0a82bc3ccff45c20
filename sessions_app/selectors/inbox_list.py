from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.clock import clock
from sessions_app.models import Mode
from sessions_app.statements import SQL

PAGE: Final = 40
# So many people are looked at for those filters that no index serves; the next page goes on behind them.
LOOKED_AT: Final = 600
_WORK: Final = frozenset({"needs", "crisis", "mine", "taken", "later", "drafts"})
_SIFTED: Final = frozenset({"unanswered", "unread"})
SHOWS: Final = frozenset({"all"}) | _WORK | _SIFTED
_LAST: Final = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: when somebody was seen, and who."""

    at: datetime
    profile_id: UUID


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
    """Conversations of these bots, those whose person was seen last first, from `before` on.

    `show` is one of SHOWS; `profile_ids` narrows it to people who were searched for. What is unread or not answered
    is looked for among people seen lately, LOOKED_AT on a page: a page may be short and yet not be the last.
    """
    looked_at = LOOKED_AT if show in _SIFTED else most
    keys = _people(
        bot_ids,
        show=show,
        reader_id=reader_id,
        profile_ids=profile_ids,
        before=before,
        most=looked_at + 1,
    )
    rows = SQL["inbox_rows"].rows(
        {
            "bot_ids": [key.bot_id for key in keys[:looked_at]],
            "profile_ids": [key.profile_id for key in keys[:looked_at]],
            "reader_id": reader_id,
            "show": show,
        }
    )
    lines = tuple(_line(row) for row in rows[:most])
    older = None
    if len(rows) > most:
        older = Place(lines[-1].last_seen_at, lines[-1].profile_id)
    elif len(keys) > looked_at:
        older = Place(keys[looked_at - 1].last_seen_at, keys[looked_at - 1].profile_id)
    return InboxPage(lines, older)


def _people(
    bot_ids: Sequence[UUID],
    *,
    show: str,
    reader_id: int,
    profile_ids: Sequence[UUID] | None,
    before: Place | None,
    most: int,
) -> Sequence[Any]:
    params: dict[str, Any] = {
        "bot_ids": list(bot_ids),
        "before_at": before.at if before else datetime.max.replace(tzinfo=clock.now().tzinfo),
        "before_id": before.profile_id if before else _LAST,
        "most": most,
    }
    if profile_ids is not None and show not in _WORK:
        return SQL["inbox_found"].rows(params | {"profile_ids": list(profile_ids)})
    if show in _WORK:
        # A search is a matter of few: whoever is not among them is left out here.
        wanted = set(profile_ids) if profile_ids is not None else None
        params |= {"show": show, "reader_id": reader_id, "now": clock.now()}
        found = SQL["inbox_work"].rows(params if wanted is None else params | {"most": 10_000})
        return [row for row in found if wanted is None or row.profile_id in wanted][:most]
    return SQL["inbox_people"].rows(params)


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
