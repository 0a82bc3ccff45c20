from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Max, Q, QuerySet

from audit.models import AuditEntry

# Words are looked for in so many of the newest entries: there is no index of them.
SEARCHED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for in the book. `actor` is a member of staff, 0 the product itself."""

    actor: int | None = None
    action: str = ""
    subject: str = ""
    bot_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    # Entries older than this one.
    before: int | None = None


def audit_entries(*, bot_ids: Collection[UUID], sees_all: bool) -> QuerySet[AuditEntry]:
    """The book as far as somebody may read it: what belongs to their bots, or all of it; the newest first."""
    entries = AuditEntry.objects.order_by("-id")
    return entries if sees_all else entries.filter(bot_id__in=list(bot_ids))


def find_entries(asked: Asked, *, bot_ids: Collection[UUID], sees_all: bool, limit: int) -> list[AuditEntry]:
    """A page of what is asked for, the newest first."""
    entries = audit_entries(bot_ids=bot_ids, sees_all=sees_all)
    if asked.actor is not None:
        by = {"actor_id": asked.actor} if asked.actor else {"actor_id__isnull": True}
        entries = entries.filter(**by)
    exact = {"action": asked.action, "subject": asked.subject, "bot_id": asked.bot_id}
    entries = entries.filter(**{name: value for name, value in exact.items() if value})
    if asked.since:
        entries = entries.filter(at__gte=asked.since)
    if asked.until:
        entries = entries.filter(at__lt=asked.until)
    if asked.before is not None:
        entries = entries.filter(id__lt=asked.before)
    if asked.text:
        entries = _said(entries, asked.text)
    return list(entries[:limit])


def _said(entries: QuerySet[AuditEntry], text: str) -> QuerySet[AuditEntry]:
    """Those that are about this id, or in which these words stand."""
    try:
        return entries.filter(row_id=str(UUID(text)))
    except ValueError:
        pass
    newest = AuditEntry.objects.aggregate(newest=Max("id"))["newest"] or 0
    by = User.objects.filter(username__icontains=text).values("id")
    return entries.filter(
        Q(row_id=text)
        | Q(actor_id__in=by)
        | Q(subject__icontains=text)
        | Q(before__icontains=text)
        | Q(after__icontains=text),
        id__gt=newest - SEARCHED,
    )
