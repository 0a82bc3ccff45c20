from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from core.clock import clock
from mailbox.contracts import Hand, LeaseLost
from mailbox.statements import SQL


def settle(*, hand: Hand, ids: Sequence[UUID], blank: bool = False) -> None:
    """Be done with rows in hand, in the transaction of what they led to; `blank` keeps nothing of what they said.

    Raises LeaseLost when one of them is in this hand no longer: then nothing of the transaction may happen.
    """
    settled = SQL["settle"].run(
        {"bot_id": hand.bot_id, "epoch": hand.epoch, "ids": list(ids), "blank": blank, "now": clock.now()}
    )
    if settled != len(ids):
        raise LeaseLost


def release(*, hand: Hand, ids: Sequence[UUID], reason: str, wait: float) -> None:
    """Put rows back at the head of their lane, not to be taken for `wait` seconds; `reason` is an error's code."""
    SQL["release"].run(
        {
            "bot_id": hand.bot_id,
            "epoch": hand.epoch,
            "ids": list(ids),
            "reason": reason[:300],
            "due_at": clock.now() + timedelta(seconds=wait),
        }
    )


def give_back(*, hand: Hand, ids: Sequence[UUID]) -> None:
    """Put rows back that this process had no time for: leaving in order is no failure of theirs."""
    SQL["give_back"].run({"bot_id": hand.bot_id, "epoch": hand.epoch, "ids": list(ids)})


def try_alone(*, hand: Hand, ids: Sequence[UUID]) -> None:
    """A suspect's turn has come: this time counts. Raises LeaseLost when it is in this hand no longer."""
    if SQL["try_alone"].run({"bot_id": hand.bot_id, "epoch": hand.epoch, "ids": list(ids)}) != len(ids):
        raise LeaseLost


def bury(*, hand: Hand, ids: Sequence[UUID], reason: str, blank: bool = False) -> None:
    """Take rows out of the queue for good, with the code of their reason; their lane goes on.

    `blank` keeps nothing of what they said. Raises LeaseLost when one of them is in this hand no longer.
    """
    buried = SQL["bury"].run(
        {
            "bot_id": hand.bot_id,
            "epoch": hand.epoch,
            "ids": list(ids),
            "reason": reason[:300],
            "blank": blank,
            "now": clock.now(),
        }
    )
    if buried != len(ids):
        raise LeaseLost
