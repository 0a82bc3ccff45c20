"""What the bots know of the people whom they tell of alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mailbox.models import OutboundMessage, Priority
from profiles.models import Profile


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Somebody who has started a bot; active unless they blocked it since."""

    language: str
    is_active: bool


def known_admins(
    *, bot_ids: Collection[UUID], telegram_ids: Collection[int]
) -> dict[tuple[UUID, int], Acquaintance]:
    """Who of these people has started which of these bots; they must be in scope."""
    rows = Profile.objects.filter(bot_id__in=bot_ids, telegram_id__in=telegram_ids)
    return {
        (bot_id, telegram_id): Acquaintance(language, is_active)
        for bot_id, telegram_id, language, is_active in rows.values_list(
            "bot_id", "telegram_id", "language", "is_active"
        )
    }


def alert_times(
    *, bot_ids: Collection[UUID], telegram_ids: Collection[int], since: datetime
) -> Iterable[tuple[UUID, int, datetime]]:
    """When each of these people was told of an alert since then, and by which of the bots."""
    rows = OutboundMessage.objects.filter(
        bot_id__in=bot_ids,
        chat_id__in=telegram_ids,
        priority=Priority.OPERATOR,
        created_at__gte=since,
        key__startswith="alert:",
    )
    return rows.values_list("bot_id", "chat_id", "created_at")
