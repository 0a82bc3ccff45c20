"""What staff look at of a bot's two queues: four shelves, and what may be done with what lies on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.errors import AppError


class Shelf(StrEnum):
    """A part of a queue."""

    WAITING = "waiting"  # inbound, not handled yet
    BURIED = "buried"  # inbound, given up
    OUTGOING = "outgoing"  # outbound, not sent yet
    UNDELIVERED = "undelivered"  # outbound, failed or nobody knows

    @property
    def is_inbound(self) -> bool:
        """Whether it holds what people did, instead of what bots say."""
        return self in {Shelf.WAITING, Shelf.BURIED}


class Act(StrEnum):
    """Something that staff do with rows of a queue."""

    REPLAY = "replay"  # handle a buried update once more
    DISCARD = "discard"  # throw a buried update away
    CANCEL = "cancel"  # do not send a message that waits
    SEND = "send"  # send a message once more that was not delivered


ACTS: Mapping[Shelf, tuple[Act, ...]] = {
    Shelf.WAITING: (),
    Shelf.BURIED: (Act.REPLAY, Act.DISCARD),
    Shelf.OUTGOING: (Act.CANCEL,),
    Shelf.UNDELIVERED: (Act.SEND,),
}


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """How both queues of a bot stand. Of each shelf no more than `queue_figures.MOST` rows are counted.

    `held` of the open ones are in hand at this moment, `later` are not due yet; `oldest` is since when the oldest
    that is due waits.
    """

    bot_id: UUID
    heard_open: int
    heard_held: int
    heard_later: int
    heard_oldest: datetime | None
    buried: int
    buried_newest: datetime | None
    said_open: int
    said_held: int
    said_later: int
    said_oldest: datetime | None
    failed: int
    unknown: int
    undelivered_newest: datetime | None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A row of a shelf, without what it says.

    `state` is waiting, held, later, buried, failed or unknown; `at` when it was heard or written down; `due_at` when
    it may be taken; `size` in bytes of what is kept of it, 0 for nothing.
    """

    id: UUID
    seq: int
    kind: str
    state: str
    reason: str
    attempts: int
    chat_id: int
    at: datetime
    due_at: datetime
    settled_at: datetime | None
    size: int
    priority: int | None = None
    is_farewell: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a shelf that are alike."""

    kind: str
    reason: str
    count: int


class QueueError(AppError):
    """What was asked for cannot be done with these rows: `not_here`, `under_way`, `no_reason`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=f"mailbox.{code}", permanent=True, message=message)
