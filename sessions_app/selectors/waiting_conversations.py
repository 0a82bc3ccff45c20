from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from core.clock import clock
from sessions_app.models import InboxItem


def waiting_conversations(*, bot_ids: Sequence[UUID], most: int) -> int:
    """How many conversations of these bots need a human and are not put off; counted up to `most`."""
    is_due = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=clock.now())
    waiting = InboxItem.objects.filter(is_due, bot_id__in=bot_ids, needed_at__isnull=False)
    return waiting[:most].count()
