from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from mailbox.models import InboundUpdate
from mailbox.models.inbound import InboundOutcome


def buried_of_bots(*, bot_ids: Collection[UUID], since: datetime) -> Mapping[UUID, int]:
    """How many updates of each of these bots were given up since then; bots without are left out."""
    rows = (
        InboundUpdate.objects.filter(bot_id__in=bot_ids, outcome=InboundOutcome.BURIED, settled_at__gte=since)
        .order_by()
        .values_list("bot_id")
        .annotate(times=Count("id"))
    )
    return dict(rows)
