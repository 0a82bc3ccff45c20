from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from core.clock import clock
from core.sql import notify
from mailbox.models import InboundOutcome, InboundUpdate
from mailbox.services.post import CHANNEL


def replay(*, ids: Collection[UUID]) -> int:
    """Put buried updates back into their queue, as if they had just been heard; how many could be.

    In the bots of the current scope. One whose content was not kept stays buried: there is nothing to read.
    """
    buried = InboundUpdate.objects.filter(id__in=ids, outcome=InboundOutcome.BURIED).exclude(payload=b"")
    bots = set(buried.values_list("bot_id", flat=True))
    count = buried.update(
        outcome=InboundOutcome.OPEN, settled_at=None, attempts=0, epoch=0, due_at=clock.now(), reason=""
    )
    for bot_id in bots:
        notify(CHANNEL, str(bot_id))
    return count
