"""What people look like: their picture in Telegram, whose address there holds the bot's token, by way of us."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.views.decorators.debug import sensitive_variables

from bots.selectors.get_bot_settings import get_bot_settings
from bots.services.keep_picture import picture_type
from core.cache import DAY, HOUR, PersonShelf
from core.errors import AppError
from profiles.selectors.photo_of import Photo
from telegram_client.bot_picture import fetch_bot_picture

# Of the whole question, in seconds.
_PATIENCE: Final = 4.0
_FIELD: Final = "face"
_NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture, and what kind it is, told from the bytes."""

    content: bytes
    kind: str


def picture_of(*, bot_id: UUID, profile_id: UUID, photo: Photo) -> Picture | None:
    """A person's picture, small, kept for a day; None where it cannot be had, which is not asked again for an hour.

    Asks Telegram where it is not kept: in no transaction, so that nobody else waits.
    """
    shelf = PersonShelf(bot_id, profile_id)
    kept = shelf.get(_FIELD, version=photo.photo_id)
    if isinstance(kept, str):
        return _picture(base64.b64decode(kept))
    content = _asked(bot_id, photo.telegram_id) or b""
    found = _picture(content)
    shelf.put(
        _FIELD,
        base64.b64encode(content).decode() if found else _NOTHING,
        version=photo.photo_id,
        seconds=DAY if found else HOUR,
    )
    return found


@sensitive_variables()
def _asked(bot_id: UUID, telegram_id: int) -> bytes | None:
    try:
        bot = get_bot_settings(bot_id)
        if not connection.in_atomic_block:
            # Others have it while Telegram is waited for.
            connection.close()
        return asyncio.run(
            fetch_bot_picture(
                token=bot.token, api_url=bot.api_url, telegram_id=telegram_id, timeout=_PATIENCE
            )
        )
    except AppError:
        return None


def _picture(content: bytes) -> Picture | None:
    kind = picture_type(content)
    return Picture(content, kind.value) if kind else None
