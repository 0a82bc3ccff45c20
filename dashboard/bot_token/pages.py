"""What the pages on the way to another token show, and say."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bots.admin.bot_cells import face
from bots.admin.bot_live import bots_with_faces
from bots.models import Bot
from bots.selectors.bot_at_telegram import BotAtTelegram
from bots.tokens import token_hint
from dashboard.bots.asking import Asked
from dashboard.bots.drafts import Draft


def token_context(known: BotAtTelegram) -> dict[str, Any] | None:
    """Whose token is to be replaced, and the end of the one it has; None where the bot is gone. One query."""
    bot = bots_with_faces(Bot.objects.filter(id=known.id)).first()
    if bot is None:
        return None
    usual = settings.TELEGRAM_API_URL.rstrip("/")
    return {
        "title": _("Replace token"),
        "bot": bot,
        "face": face(bot, is_large=True),
        "server": "" if bot.api_url.rstrip("/") == usual else bot.api_url,
    }


def confirm_context(known: BotAtTelegram, draft: Draft) -> dict[str, Any]:
    """Whose the new token is, as far as Telegram said. Raises Undecryptable."""
    return {
        "draft": draft,
        "new_hint": token_hint(draft.token),
        "is_another": draft.telegram_id != known.telegram_id,
    }


def replaced_words(known: BotAtTelegram, *, asked: Asked | None, telegram_id: int) -> str:
    """What became of it, for who did it and for the bot's history."""
    is_another = telegram_id != known.telegram_id
    if asked is None:
        words = (
            _(
                "“%(bot)s” has its new token, of which Telegram was not asked. By its number it is another bot in "
                "Telegram now: people have to find it anew."
            )
            if is_another
            else _(
                "“%(bot)s” has its new token, of which Telegram was not asked: its page tells whether it is good."
            )
        )
        return words % {"bot": known.name}
    who = asked.identity
    words = (
        _("“%(bot)s” has its new token. In Telegram it is %(who)s now: people have to find it anew.")
        if is_another
        else _("“%(bot)s” has its new token; in Telegram it is %(who)s, as before.")
    )
    called = f"{who.name} (@{who.username})" if who.username else who.name
    return words % {"bot": known.name, "who": called}
