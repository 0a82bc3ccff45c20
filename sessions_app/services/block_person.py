from __future__ import annotations

from uuid import UUID

from django.db import transaction

from mailbox.services.hush import hush
from profiles.selectors.telegram_id_of import telegram_id_of
from profiles.services.set_blocked import set_blocked


def block_person(*, bot_id: UUID, profile_id: UUID, author_id: int) -> bool:
    """Have the bot ignore a person from this moment: they are answered nothing. False if that was so already."""
    with transaction.atomic():
        telegram_id = telegram_id_of(bot_id=bot_id, profile_id=profile_id)
        is_new = set_blocked(bot_id=bot_id, profile_id=profile_id, is_blocked=True, author_id=author_id)
        if is_new and telegram_id is not None:
            hush(bot_id=bot_id, telegram_id=telegram_id)
    return is_new


def unblock_person(*, bot_id: UUID, profile_id: UUID, author_id: int) -> bool:
    """Have the bot hear a person again; False if it does already."""
    return set_blocked(bot_id=bot_id, profile_id=profile_id, is_blocked=False, author_id=author_id)
