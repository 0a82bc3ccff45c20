from __future__ import annotations

from uuid import UUID

from bots.errors import BotError
from bots.models import Bot, WantedState
from bots.services.register_bot import register_bot
from bots.tokens import clean_token
from core.encryption import fingerprint


def ensure_bot(*, token: str, name: str) -> tuple[UUID, bool]:
    """The bot of this token, registered and wanted to run if nobody knew it; and whether that was so.

    For installations that name one bot in their environment. Raises BotError `bots.token_malformed`.
    """
    mark = fingerprint(clean_token(token))
    known = Bot.objects.filter(token_fingerprint=mark).first()
    if known is not None:
        return known.id, False
    try:
        return register_bot(name=name, token=token, wanted_state=WantedState.RUNNING).id, True
    except BotError as error:
        if error.code != "bots.token_taken":
            raise
        # Another process of this installation was faster.
        return Bot.objects.get(token_fingerprint=mark).id, False
