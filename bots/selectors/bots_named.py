from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from bots.models import Bot


def bots_named(*, bot_ids: Collection[UUID], term: str, most: int) -> list[Bot]:
    """Those of these bots whose name, slug or username holds the term, by name; small and capital letters alike."""
    said = term.removeprefix("@")
    holds = Q(name__icontains=said) | Q(slug__icontains=said) | Q(username__icontains=said)
    return list(Bot.objects.filter(holds, id__in=bot_ids).order_by("name", "id").only("id", "name")[:most])
