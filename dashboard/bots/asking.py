"""Asking Telegram about a bot while somebody waits; in no transaction, so that nobody else waits too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from bots.errors import BotError
from bots.sandbox_control import SandboxControl
from core.errors import AppError
from telegram_client.bot_picture import fetch_bot_picture
from telegram_client.contracts import BotIdentity
from telegram_client.errors import TelegramUnreachable
from telegram_client.token_check import check_token

# Of each of the two questions, in seconds.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Who Telegram says that it is, and its picture if it has one."""

    identity: BotIdentity
    picture: bytes | None = field(repr=False)


@sensitive_variables("token")
def ask_telegram(*, token: str, api_url: str) -> Asked:
    """Ask getMe, and for a small picture. Raises TokenRefused (another token) or TelegramUnreachable (later)."""
    give_connection_back()
    return asyncio.run(_ask(token, api_url))


def came_instead(error: AppError) -> str:
    """What came instead of an answer, in words for whoever looks into it."""
    # The client speaks English only, for logs; what the other side said is quoted as it came.
    if not isinstance(error, TelegramUnreachable):
        return error.message
    if not error.said:
        return _("No answer came within a few seconds.")
    return _("What came instead of an answer: %(said)s") % {"said": error.said}


def give_connection_back() -> None:
    """Let others have the database while somebody waits for Telegram; it is opened again by whoever asks it."""
    if not connection.in_atomic_block:
        connection.close()


@sensitive_variables("token")
def home_of(*, token: str, api_url: str) -> str:
    """Where a token belongs: a bot of the sandbox on this machine is found there, whatever was chosen."""
    if not settings.SANDBOX_URL or api_url != settings.TELEGRAM_API_URL.rstrip("/"):
        return api_url
    give_connection_back()
    sandbox = SandboxControl(settings.SANDBOX_URL)
    try:
        return sandbox.url if token in sandbox.tokens() else api_url
    except BotError:
        return api_url


@sensitive_variables("token")
async def _ask(token: str, api_url: str) -> Asked:
    identity = await check_token(token=token, api_url=api_url, timeout=_PATIENCE)
    picture = await fetch_bot_picture(
        token=token, api_url=api_url, telegram_id=identity.telegram_id, timeout=_PATIENCE
    )
    return Asked(identity, picture)
