from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bots.models import Bot
from bots.tokens import token_number


@dataclass(frozen=True, slots=True)
class BotAtTelegram:
    """Where a bot lives, and who it is there; its token stays closed, so that one whose key was lost is found too."""

    id: UUID
    name: str
    api_url: str
    # By the number of its token, where Telegram was not asked yet.
    telegram_id: int


def bot_at_telegram(bot_id: UUID) -> BotAtTelegram | None:
    """The bot as Telegram knows it; None where it does not exist any more."""
    bot = Bot.objects.filter(id=bot_id).first()
    if bot is None:
        return None
    return BotAtTelegram(bot.id, bot.name, bot.api_url, bot.telegram_id or token_number(bot.token_hint))
