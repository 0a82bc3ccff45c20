"""What crosses the walls of this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.errors import AppError
from core.ids import new_id

# Work that nobody waits for has lanes of its own, far beyond Telegram's ids (52 bits): it never stands in a chat's.
JOB_LANES = 2**60
# The priority of what a bot says by itself: each time it wants to, its limits are looked at.
UNASKED = 2
# The priority of what goes to many: it leaves evenly, behind everything else.
BULK = 3
# What work of our own is called begins so.
JOB_PREFIX = "own."


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update as it was heard. `reason` is set for what can only be buried; `due_at` is when it may start."""

    update_id: int | None
    kind: str
    lane: int
    user_id: int | None
    may_wait: bool
    payload: bytes
    due_at: datetime
    reason: str = ""
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Job:
    """Work of our own about one person, in no hurry; an inbound row like what people do.

    `key` names its cause: what was assigned before is not assigned again. `payload` holds ids, never words.
    """

    kind: str
    chat_id: int
    key: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Claimed:
    """One row in hand. `attempts` counts this time too."""

    id: UUID
    seq: int
    update_id: int | None
    kind: str
    lane: int
    user_id: int | None
    payload: bytes
    attempts: int
    received_at: datetime
    reason: str

    @property
    def is_job(self) -> bool:
        """Whether it is work of our own instead of something that a person did."""
        return self.kind.startswith(JOB_PREFIX)


@dataclass(frozen=True, slots=True)
class RowBehind:
    """One open row that stands behind rows in hand, in their lane."""

    kind: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Haul:
    """What one claim brought, oldest first, and what it is known to have left behind."""

    bursts: Sequence[Sequence[Claimed]]
    # Lanes that hold more than was taken of them.
    followed: frozenset[int]
    # There are more open rows than were looked at, perhaps of other lanes.
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Post:
    """One Bot API call that must happen. `key` names its cause and makes it happen once."""

    key: str
    chat_id: int
    method: str
    params: Mapping[str, object]
    priority: int = 0
    not_before: datetime | None = None
    not_after: datetime | None = None
    is_farewell: bool = False
    correlation_id: str = ""
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message in the sender's hand."""

    id: UUID
    seq: int
    key: str
    chat_id: int
    method: str
    params: Mapping[str, object]
    priority: int
    attempts: int
    resends: int
    is_farewell: bool
    correlation_id: str
    created_at: datetime
    not_after: datetime | None = None

    @property
    def is_bulk(self) -> bool:
        """Whether it is one of many alike."""
        return self.priority == BULK


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file in the sender's hand: by Telegram's id where it was uploaded before, else with its bytes."""

    id: UUID
    filename: str
    content_type: str
    content: bytes = field(repr=False)
    file_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: its next state, and what goes with it.

    `params` (and `method`) replace what is to be sent: plain text after refused markup; `is_resend` counts a
    repeated send; `chat_id` is where a chat has moved to; `file_ids` are Telegram's ids of the files that went
    along, "" for one that it knows no longer.
    """

    id: UUID
    state: str
    telegram_message_id: int | None = None
    error: str = ""
    not_before: datetime | None = None
    is_resend: bool = False
    params: Mapping[str, object] | None = None
    method: str | None = None
    chat_id: int | None = None
    file_ids: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who takes: a bot, and the lease epoch under which it is held."""

    bot_id: UUID
    epoch: int


class LeaseLost(AppError):
    """A row was no longer in the hand that tried to settle it: somebody else holds the bot now."""

    def __init__(self) -> None:
        super().__init__(code="mailbox.lease_lost", permanent=True)
