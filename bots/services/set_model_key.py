from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bots.announcements import tell_runtime
from bots.errors import BotError
from bots.models import Bot
from bots.tokens import key_hint
from core.clock import clock
from core.encryption import encrypt


def set_model_key(*, bot_id: UUID, key: str) -> None:
    """Give a bot a key of its own for the model, or with "" take it away, so that the installation's serves.

    Raises BotError `bots.unknown`.
    """
    key = key.strip()
    with transaction.atomic():
        found = Bot.objects.filter(id=bot_id).update(
            model_key_sealed=encrypt(key) if key else "",
            model_key_hint=key_hint(key),
            updated_at=clock.now(),
        )
        if not found:
            raise BotError("unknown", _("This bot does not exist any more."))
        tell_runtime(bot_id)
