from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from mailbox.models import InboundOutcome, InboundUpdate


def discard(*, ids: Collection[UUID]) -> int:
    """Throw buried updates away, in the bots of the current scope; how many there were.

    Nothing of what they said stays, but the row does until it is trimmed: Telegram may send an update twice.
    """
    buried = InboundUpdate.objects.filter(id__in=ids, outcome=InboundOutcome.BURIED)
    return buried.update(outcome=InboundOutcome.DONE, payload=b"")
