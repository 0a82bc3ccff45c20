from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from audit.models import AuditEntry


def audit_entries(*, bot_ids: Collection[UUID], sees_all: bool) -> QuerySet[AuditEntry]:
    """The book as far as somebody may read it: what belongs to their bots, or all of it; the newest first."""
    entries = AuditEntry.objects.order_by("-id")
    return entries if sees_all else entries.filter(bot_id__in=list(bot_ids))
