"""Asking Telegram about a bot while somebody waits; in no transaction, so that nobody else waits too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from django.db import connection

from telegram_client.bot_picture import fetch_bot_picture
from telegram_client.contracts import BotIdentity
from telegram_client.token_check import check_token

# Of each of the two questions, in seconds.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Who Telegram says that it is, and its picture if it has one."""

    identity: BotIdentity
    picture: bytes | None = field(repr=False)


def ask_telegram(*, token: str, api_url: str) -> Asked:
    """Ask getMe, and for a small picture. Raises TokenRefused (another token) or TelegramUnreachable (later)."""
    if not connection.in_atomic_block:
        # It goes back to the pool: others need it more than somebody who waits for Telegram.
        connection.close()
    return asyncio.run(_ask(token, api_url))


async def _ask(token: str, api_url: str) -> Asked:
    identity = await check_token(token=token, api_url=api_url, timeout=_PATIENCE)
    picture = await fetch_bot_picture(
        token=token, api_url=api_url, telegram_id=identity.telegram_id, timeout=_PATIENCE
    )
    return Asked(identity, picture)
