from __future__ import annotations

from uuid import UUID

from bots.models import Bot


def record_identity(*, bot_id: UUID, telegram_id: int, username: str) -> bool:
    """Keep who Telegram says that the bot is; the answer is whether that is news."""
    same = {"telegram_id": telegram_id, "username": username}
    return bool(Bot.objects.filter(id=bot_id).exclude(**same).update(**same))
