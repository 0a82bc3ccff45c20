from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from core.clock import clock
from mailbox.models import Clearing, InboundOutcome, InboundUpdate, Media, OutboundMessage

# Telegram may send an update again for a day and restarts its ids after a quiet week: keep the keys longer.
KEEP_DONE = timedelta(days=9)
KEEP_BURIED = timedelta(days=30)
KEEP_SENT = timedelta(days=30)
# Longer than what waits in the outbox may refer to them.
KEEP_UNUSED = timedelta(days=45)
# What staff did with the queues; the book of changes keeps it for longer.
KEEP_CLEARINGS = timedelta(days=30)
SLICE = 5_000


def trim_mailbox() -> int:
    """Delete one slice of what both queues need no longer, in the bots of the current scope; how many rows."""
    now = clock.now()
    return (
        _trim(InboundUpdate.objects.filter(settled_at__lt=now - KEEP_DONE, outcome=InboundOutcome.DONE))
        + _trim(InboundUpdate.objects.filter(settled_at__lt=now - KEEP_BURIED, outcome=InboundOutcome.BURIED))
        + _trim(OutboundMessage.objects.filter(settled_at__lt=now - KEEP_SENT))
        + _trim(Media.objects.filter(used_at__lt=now - KEEP_UNUSED))
        + _trim(Clearing.objects.filter(ended_at__lt=now - KEEP_CLEARINGS))
    )


def _trim(rows: QuerySet[Any]) -> int:
    ids = list(rows.order_by("id").values_list("id", flat=True)[:SLICE])
    if ids:
        rows.model._default_manager.filter(id__in=ids)._raw_delete(rows.db)
    return len(ids)
