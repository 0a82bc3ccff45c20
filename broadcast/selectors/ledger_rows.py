from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from broadcast.statements import SQL

_NIL: Final = UUID(int=0)
# Behind every state there is.
_LAST: Final = "zzzz"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One recipient as the ledger has them. `profile_id` is None, and there is no name, for who was erased."""

    id: UUID
    bot_id: UUID
    state: str
    reason: str
    variant: int | None
    language: str
    tries: int
    not_before: datetime | None
    released_at: datetime | None
    sent_at: datetime | None
    telegram_message_id: int | None
    replied_at: datetime | None
    clicked_at: datetime | None
    deleted_at: datetime | None
    profile_id: UUID | None
    telegram_id: int
    first_name: str
    last_name: str
    username: str


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which row a page begins."""

    bot_id: UUID
    state: str
    id: UUID


def ledger_rows(
    *, broadcast_id: UUID, bot_ids: Sequence[UUID], state: str = "", after: Place | None = None, limit: int
) -> list[LedgerRow]:
    """Rows of the ledger of these bots, in the order of bots, states and ids, from a place on; one query.

    It costs as much as the page is long, however long the ledger is and wherever in it the page stands.
    """
    bots = list(bot_ids)
    if after is not None:
        bots = bots[bots.index(after.bot_id) :] if after.bot_id in bots else []
    rows = SQL["ledger"].rows(
        {
            "broadcast_id": broadcast_id,
            "bot_ids": bots,
            "after_state": after.state if after else state,
            "after_id": after.id if after else _NIL,
            "first_state": state,
            "last_state": state or _LAST,
            "limit": limit,
        }
    )
    return [LedgerRow(**row._asdict()) for row in rows]
