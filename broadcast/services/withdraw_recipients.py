from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from broadcast.figures import count_in
from broadcast.keys import recipients_sent
from broadcast.statements import SQL
from broadcast.states import BroadcastState, RecipientState


def withdraw_recipients(*, bot_id: UUID, broadcast_id: UUID) -> int:
    """Take a broadcast's messages out of the bot's outbox again, and count; how many.

    They wait as before. What is being sent at this moment stays.
    """
    count = take_out(bot_id=bot_id, broadcast_id=broadcast_id)
    if count:
        count_in(bot_id, broadcast_id, {RecipientState.RELEASED: -count})
    return count


def take_out(*, bot_id: UUID, broadcast_id: UUID, ids: Sequence[UUID] | None = None) -> int:
    """The same of these recipients, or of all; the figures are left to the caller."""
    return SQL["withdraw"].run(
        {"bot_id": bot_id, "broadcast_id": broadcast_id, "ids": None if ids is None else list(ids)}
    )


def stopped_meanwhile(*, bot_id: UUID, keys: Iterable[str]) -> Mapping[UUID, Sequence[UUID]]:
    """Of messages that are to be tried again: the recipients whose broadcast was paused or cancelled since they left.

    By broadcast. Those that run are held so until the transaction ends: whoever pauses them now finds the messages
    in the outbox.
    """
    ids = recipients_sent(keys)
    stopped: dict[UUID, list[UUID]] = {}
    for row in SQL["held"].rows({"bot_id": bot_id, "ids": ids}) if ids else ():
        if row.state != BroadcastState.RUNNING:
            stopped.setdefault(row.broadcast_id, []).append(row.recipient_id)
    return stopped
