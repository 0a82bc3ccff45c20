"""What Telegram says of a person: bio, birthday, channel, picture. Its answers are untrusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from profiles.contracts import Face
from telegram_client.client import TelegramClient
from telegram_client.failures import classify

log = structlog.get_logger(__name__)

_PATIENCE = 10.0


async def look_up_face(client: TelegramClient, *, telegram_id: int) -> Face:
    """Ask getChat and getUserProfilePhotos; what makes no sense is left blank, what was not told is None."""
    told = await _ask(client, "getChat", {"chat_id": telegram_id})
    shown = await _ask(client, "getUserProfilePhotos", {"user_id": telegram_id, "limit": 1})
    chat = _mapping(told)
    birth, channel = _mapping(chat.get("birthdate")), _mapping(chat.get("personal_chat"))
    photo = _largest(_mapping(shown).get("photos"))
    return Face(
        bio=None if told is None else _text(chat.get("bio")),
        # Whole: what does not fit is somebody else's to leave out.
        photo_id=None if shown is None else _text(photo.get("file_unique_id")),
        photo_file_id=_text(photo.get("file_id")),
        birth_day=_number(birth.get("day")),
        birth_month=_number(birth.get("month")),
        birth_year=_number(birth.get("year")),
        channel_id=_number(channel.get("id")),
        channel_title=_text(channel.get("title"))[:128],
    )


async def _ask(client: TelegramClient, method: str, params: Mapping[str, object]) -> object:
    try:
        return (await client.send(method, params, timeout=_PATIENCE)).result
    except Exception as error:  # noqa: BLE001 - every failure has a kind, and none of them matters here
        log.info("look_up.failed", method=method, kind=classify(error).kind.value)
        return None


def _largest(photos: object) -> Mapping[str, Any]:
    newest = photos[0] if isinstance(photos, list) and photos else None
    return _mapping(newest[-1]) if isinstance(newest, list) and newest else {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    return value if type(value) is int and -(2**63) <= value < 2**63 else None
