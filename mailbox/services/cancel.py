from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from core.clock import clock
from mailbox.models import OutboundMessage, OutboundState, Priority

# What stands in the row instead of a failure.
CANCELLED = "taken back by staff"


def cancel(*, ids: Collection[UUID]) -> int:
    """Do not send messages that still wait, in the bots of the current scope; how many could be kept back.

    One that the sender has in hand is on its way: it waits here until that is written down, and then is left alone.
    So is a farewell, which somebody who asked to be forgotten was promised, and what belongs to a broadcast, whose
    books would call it a failure: that is paused or cancelled as a whole.
    """
    waiting = OutboundMessage.objects.filter(
        id__in=ids,
        state=OutboundState.PENDING,
        settled_at__isnull=True,
        is_farewell=False,
        priority__lt=Priority.BROADCAST,
    )
    return waiting.update(state=OutboundState.FAILED, error=CANCELLED, settled_at=clock.now())
