from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final
from uuid import UUID

from core.tenancy import in_bot
from events.services.record_event import record_event
from mailbox.services.cancel import cancel
from mailbox.services.discard import discard
from mailbox.services.replay import replay
from mailbox.services.send_again import send_again
from mailbox.shelves import Act

_SERVICES: Final[Mapping[Act, Callable[..., int]]] = {
    Act.REPLAY: replay,
    Act.DISCARD: discard,
    Act.CANCEL: cancel,
    Act.SEND: send_again,
}
EVENTS: Final[Mapping[Act, str]] = {
    Act.REPLAY: "updates.replayed",
    Act.DISCARD: "updates.discarded",
    Act.CANCEL: "messages.cancelled",
    Act.SEND: "messages.sent_again",
}
# An event names so many rows; of more it says how many there were.
_NAMED: Final = 20


def tend_queue(*, bot_id: UUID, act: Act, ids: Collection[UUID], by: int) -> int:
    """Do something with rows of a bot's queue, for a member of staff; how many it could be done with.

    Rows of another bot are left alone. The event, which the book of changes holds, says who and how many.
    """
    with in_bot(bot_id):
        count = _SERVICES[act](ids=ids)
        if count:
            named = {"rows": sorted(str(each) for each in ids)} if len(ids) <= _NAMED else {}
            record_event(bot_id=bot_id, kind=EVENTS[act], payload={"by": by, "count": count, **named})
    return count
