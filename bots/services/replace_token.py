from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from bots.announcements import record, tell_runtime
from bots.errors import BotError
from bots.models import Bot
from bots.services.register_bot import token_taken
from bots.tokens import clean_token, token_hint
from core.clock import clock
from core.encryption import encrypt, fingerprint


def replace_token(*, bot_id: UUID, token: str) -> None:
    """Give a bot another token and a fresh start; whose token it is, is asked of Telegram again.

    Raises BotError: `bots.token_malformed`, `bots.token_taken`, `bots.unknown`.
    """
    token = clean_token(token)
    try:
        with transaction.atomic():
            found = Bot.objects.filter(id=bot_id).update(
                token_sealed=encrypt(token),
                token_fingerprint=fingerprint(token),
                token_hint=token_hint(token),
                telegram_id=None,
                username="",
                generation=F("generation") + 1,
                updated_at=clock.now(),
            )
            if not found:
                raise BotError("unknown", _("This bot does not exist any more."))
            record(bot_id=bot_id, kind="bot.token_replaced")
            tell_runtime(bot_id)
    except IntegrityError as error:
        holder = Bot.objects.exclude(id=bot_id).filter(token_fingerprint=fingerprint(token)).first()
        if holder is None:
            raise
        raise token_taken(holder) from error
