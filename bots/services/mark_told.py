from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from bots.models import Alert
from core.clock import clock


def mark_told(*, alert_ids: Collection[UUID]) -> int:
    """These alerts are in the outbox, or nobody can be told of them; returns how many that is news of."""
    waiting = Alert.objects.filter(id__in=alert_ids, notified_at__isnull=True)
    return waiting.update(notified_at=clock.now())
