"""Which bots a member of staff may see."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User

from bots.models import Bot, BotAccess


def visible_bot_ids(*, user: User) -> list[UUID]:
    """All bots for a superuser, else those that were given to the person; sorted, so that equal sets look equal."""
    if user.is_superuser:
        return list(Bot.objects.order_by("id").values_list("id", flat=True))
    return list(BotAccess.objects.filter(user=user).order_by("bot_id").values_list("bot_id", flat=True))
