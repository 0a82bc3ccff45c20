from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min

from mailbox.models import InboundUpdate


def backlogs(*, bot_ids: Sequence[UUID]) -> dict[UUID, tuple[int, datetime]]:
    """How many updates of each bot wait, and since when the oldest does; bots without any are left out."""
    rows = (
        InboundUpdate.objects.filter(bot_id__in=bot_ids, settled_at__isnull=True)
        .values("bot_id")
        .annotate(count=Count("id"), oldest=Min("received_at"))
        .values_list("bot_id", "count", "oldest")
    )
    return {bot_id: (count, oldest) for bot_id, count, oldest in rows}
