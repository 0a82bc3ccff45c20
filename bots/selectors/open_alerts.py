"""Alerts that wait for somebody to look after them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from bots.models import Alert


def alerts_for(*, user: User, bot_ids: Collection[UUID]) -> QuerySet[Alert]:
    """The alerts that a member of staff may see: of their bots, and of the installation for its owners."""
    seen = Q(bot_id__in=bot_ids)
    return Alert.objects.filter(seen | Q(bot_id__isnull=True) if user.is_superuser else seen)


def count_open_alerts(*, user: User, bot_ids: Collection[UUID], most: int = 100) -> int:
    """How many of them nobody has acknowledged, counted up to `most`: asked on every page."""
    waiting = alerts_for(user=user, bot_ids=bot_ids).filter(acknowledged_at__isnull=True)
    # Without the model's order, which would sort all of them first.
    return waiting.order_by()[:most].count()
