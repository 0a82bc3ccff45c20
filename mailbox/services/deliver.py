"""What the sender does with the outbound queue: take, mark, recover."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from psycopg.types.json import Jsonb

from core.clock import clock
from mailbox.contracts import BULK, Hand, Outcome, Outgoing
from mailbox.statements import SQL


def outgoing(
    *, hand: Hand, busy: Collection[int], slots: int, bulk_slots: int | None = None
) -> list[Outgoing]:
    """Take up to `slots` messages, one a chat, from chats that are not `busy`: replies first, then by age.

    No more than `bulk_slots` of them are of broadcasts.
    """
    rows = SQL["outgoing"].rows(
        {
            "bot_id": hand.bot_id,
            "epoch": hand.epoch,
            "busy": list(busy),
            "slots": slots,
            "bulk": BULK,
            "bulk_slots": slots if bulk_slots is None else bulk_slots,
            "scan": max(200, slots * 4),
            "now": clock.now(),
        }
    )
    return [Outgoing(*row) for row in sorted(rows, key=lambda each: (each.priority, each.seq))]


def mark(*, hand: Hand, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of messages in hand, in one statement."""
    if not outcomes:
        return
    SQL["mark"].run(
        {
            "bot_id": hand.bot_id,
            "epoch": hand.epoch,
            "now": clock.now(),
            "ids": [each.id for each in outcomes],
            "states": [each.state for each in outcomes],
            "message_ids": [each.telegram_message_id for each in outcomes],
            "errors": [each.error[:300] for each in outcomes],
            "not_before": [each.not_before for each in outcomes],
            "resends": [each.is_resend for each in outcomes],
            "new_methods": [each.method for each in outcomes],
            "new_chats": [each.chat_id for each in outcomes],
            "params": [None if each.params is None else Jsonb(each.params) for each in outcomes],
        }
    )


def recover(*, hand: Hand) -> int:
    """Decide about what an earlier holder of the lease left in flight; how many there were."""
    return SQL["recover"].run({"bot_id": hand.bot_id, "epoch": hand.epoch, "now": clock.now()})
