from __future__ import annotations

from uuid import UUID

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from bots.models import Bot
from bots.services.keep_picture import keep_picture
from bots.services.record_identity import record_identity
from bots.services.replace_token import replace_token
from dashboard.bots.asking import Asked


@sensitive_variables("token")
def change_token(
    *,
    bot_id: UUID,
    bot_name: str,
    token: str,
    asked: Asked | None,
    is_another: bool,
    words: str,
    user_id: int,
) -> None:
    """Give a bot another token, and the name and picture that Telegram told with it; `words` go into its history.

    Where Telegram was not asked, the runtime asks for the name; the picture of another bot is forgotten.
    Raises BotError as `replace_token`, and nothing is changed.
    """
    with transaction.atomic():
        replace_token(bot_id=bot_id, token=token)
        if asked is not None:
            who = asked.identity
            record_identity(bot_id=bot_id, telegram_id=who.telegram_id, username=who.username[:64])
            keep_picture(bot_id=bot_id, content=asked.picture)
        elif is_another:
            keep_picture(bot_id=bot_id, content=None)
        LogEntry.objects.create(
            user_id=user_id,
            content_type=ContentType.objects.get_for_model(Bot),
            object_id=str(bot_id),
            object_repr=bot_name[:200],
            action_flag=CHANGE,
            change_message=words,
        )
