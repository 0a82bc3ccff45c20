from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from bots.models import Bot
from core.encryption import fingerprint


@dataclass(frozen=True, slots=True)
class Holder:
    """A bot of this installation that has a token already, or had an earlier one of the same Telegram bot."""

    id: UUID
    name: str
    slug: str
    has_this_token: bool


def holder_of_token(*, token: str, telegram_id: int | None = None, api_url: str = "") -> Holder | None:
    """Who has this token, or is the same bot in Telegram (on the same server); None where it is new here."""
    mark = fingerprint(token)
    same = Q(telegram_id=telegram_id, api_url__in=[api_url, api_url.rstrip("/")])
    found = list(
        Bot.objects.filter(Q(token_fingerprint=mark) | same if telegram_id else Q(token_fingerprint=mark))
    )
    found.sort(key=lambda bot: bot.token_fingerprint != mark)
    if not found:
        return None
    bot = found[0]
    return Holder(bot.id, bot.name, bot.slug, has_this_token=bot.token_fingerprint == mark)
