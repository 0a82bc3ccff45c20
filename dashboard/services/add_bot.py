from __future__ import annotations

from uuid import UUID

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from bots.models import Bot, Persona, WantedState
from bots.services.keep_picture import keep_picture
from bots.services.record_identity import record_identity
from bots.services.register_bot import register_bot
from dashboard.bots.drafts import Draft


def add_bot(
    *, draft: Draft, name: str, language: str, persona_id: UUID | None, is_started: bool, user_id: int
) -> UUID:
    """Make a bot of what Telegram said of it and of what somebody chose; its id.

    Raises BotError as `register_bot`, Undecryptable.
    """
    with transaction.atomic():
        bot = register_bot(
            name=name,
            token=draft.token,
            api_url=draft.api_url,
            language=language,
            persona=Persona.objects.filter(id=persona_id).first() if persona_id else None,
            wanted_state=WantedState.RUNNING if is_started else WantedState.STOPPED,
        )
        record_identity(bot_id=bot.id, telegram_id=draft.telegram_id, username=draft.username)
        keep_picture(bot_id=bot.id, content=draft.picture_bytes)
        LogEntry.objects.create(
            user_id=user_id,
            content_type=ContentType.objects.get_for_model(Bot),
            object_id=str(bot.id),
            object_repr=bot.name[:200],
            action_flag=ADDITION,
            change_message="",
        )
    return bot.id
