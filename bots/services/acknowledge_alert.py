from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models.functions import Coalesce

from bots.models import Alert
from core.clock import clock


def acknowledge_alert(*, alert_id: UUID, by: User) -> bool:
    """Somebody looks after it; whether nobody did before. Who has seen it need not be told in Telegram any more."""
    now = clock.now()
    waiting = Alert.objects.filter(id=alert_id, acknowledged_at__isnull=True)
    return bool(
        waiting.update(acknowledged_at=now, acknowledged_by=by, notified_at=Coalesce("notified_at", now))
    )
