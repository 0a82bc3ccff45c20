from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from bots.models import Alert, AlertKind

# What went wrong; people who need somebody, and good news, did not.
_WRONG = (
    AlertKind.ERROR,
    AlertKind.MODEL_UNREACHABLE,
    AlertKind.TASK_FAILED,
    AlertKind.BOT_DEAF,
    AlertKind.BOT_CRASHED,
    AlertKind.TOKEN_REVOKED,
)


def errors_of_bots(*, bot_ids: Collection[UUID], since: datetime) -> Mapping[UUID, int]:
    """How often staff were to be told that something was wrong with each of these bots; those without are left out."""
    rows = (
        Alert.objects.filter(bot_id__in=bot_ids, last_at__gte=since, kind__in=_WRONG)
        .order_by()
        .values_list("bot_id")
        .annotate(times=Sum("count"))
    )
    return dict(rows)
