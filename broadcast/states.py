"""The states of a broadcast and of each of its recipients, and what may follow what. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"
    # Somebody else than who asked for it must agree.
    AWAITING = "awaiting"
    SCHEDULED = "scheduled"
    # Its audience is being written into the ledger.
    FREEZING = "freezing"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


_S: Final = BroadcastState
NEXT: Final[Mapping[BroadcastState, frozenset[BroadcastState]]] = {
    _S.DRAFT: frozenset({_S.AWAITING, _S.SCHEDULED, _S.FREEZING, _S.CANCELLED}),
    _S.AWAITING: frozenset({_S.DRAFT, _S.SCHEDULED, _S.FREEZING, _S.CANCELLED}),
    _S.SCHEDULED: frozenset({_S.DRAFT, _S.FREEZING, _S.CANCELLED}),
    _S.FREEZING: frozenset({_S.RUNNING, _S.PAUSED, _S.FINISHED, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.PAUSED, _S.FINISHED, _S.CANCELLED}),
    _S.PAUSED: frozenset({_S.FREEZING, _S.RUNNING, _S.CANCELLED}),
    # Those who failed are tried again, the rest gets the better text.
    _S.FINISHED: frozenset({_S.RUNNING}),
    _S.CANCELLED: frozenset(),
}
# Whose text, audience and settings may still be changed.
OPEN: Final = frozenset({_S.DRAFT, _S.AWAITING, _S.SCHEDULED})
# Whose ledger is being written or sent from.
UNDER_WAY: Final = frozenset({_S.FREEZING, _S.RUNNING, _S.PAUSED})


class RecipientState(StrEnum):
    """What became of one recipient."""

    WAITING = "waiting"
    # Waits for the better of the texts that are being tried.
    SPARE = "spare"
    # Not now: at night, or because there was enough today.
    DEFERRED = "deferred"
    # In the bot's outbox.
    RELEASED = "released"
    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    # The request left and nobody knows whether it arrived; never sent again by itself.
    UNKNOWN = "unknown"
    # Not written to for a reason of theirs: a crisis, a pause.
    HELD = "held"
    # Gets nothing, to compare with.
    CONTROL = "control"
    ERASED = "erased"


# Recipients of whom something may still come without anybody's doing.
OUTSTANDING: Final = frozenset({RecipientState.WAITING, RecipientState.DEFERRED, RecipientState.RELEASED})


def may_follow(state: str, following: str) -> bool:
    """Whether a broadcast may go from one state to the other."""
    return BroadcastState(following) in NEXT[BroadcastState(state)]
