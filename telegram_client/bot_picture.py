"""What a bot looks like: asked while a person waits, and worth no waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from telegram.error import TelegramError

from core.errors import AppError
from telegram_client.client import TelegramClient

# Shown a few dozen pixels wide: the smallest size that is sharp there.
_WIDTH: Final = 120
_MOST: Final = 256 * 1024


async def fetch_bot_picture(
    *,
    token: str,
    api_url: str,
    telegram_id: int,
    timeout: float = 4.0,  # noqa: ASYNC109  (a person waits: all of it, in seconds)
) -> bytes | None:
    """The bot's newest picture, small; None where it has none or it could not be had in time, which is no error."""
    client = TelegramClient(token, api_url, connections=1)
    await client.start()
    try:
        async with asyncio.timeout(timeout):
            shown = await client.send("getUserProfilePhotos", {"user_id": telegram_id, "limit": 1})
            file_id = _small(shown.result)
            if not file_id:
                return None
            file = (await client.send("getFile", {"file_id": file_id})).result
            path = file.get("file_path") if isinstance(file, Mapping) else None
            content = await client.fetch(path, timeout=timeout) if isinstance(path, str) and path else b""
    except (TelegramError, AppError, TimeoutError):
        return None
    finally:
        await client.close()
    return content if 0 < len(content) <= _MOST else None


def _small(shown: object) -> str:
    photos = shown.get("photos") if isinstance(shown, Mapping) else None
    newest = photos[0] if isinstance(photos, list) and photos else None
    sizes = [each for each in newest if _is_size(each)] if isinstance(newest, list) else []
    sizes.sort(key=lambda each: each["width"])
    fitting = [each for each in sizes if each["width"] >= _WIDTH] or sizes[-1:]
    return str(fitting[0]["file_id"]) if fitting else ""


def _is_size(each: Any) -> bool:
    return (
        isinstance(each, Mapping) and isinstance(each.get("file_id"), str) and type(each.get("width")) is int
    )
