"""Is this token good, and whose is it? Asked while a person waits for the answer."""

from __future__ import annotations

import asyncio

from telegram.error import TelegramError

from telegram_client.client import TelegramClient
from telegram_client.contracts import BotIdentity
from telegram_client.errors import TelegramUnreachable, TokenRefused
from telegram_client.failures import FailureKind, classify


async def check_token(
    *,
    token: str,
    api_url: str,
    timeout: float = 5.0,  # noqa: ASYNC109  (a person waits: the whole check, in seconds)
) -> BotIdentity:
    """Ask getMe. Raises TokenRefused (another token is needed) or TelegramUnreachable (try again later)."""
    client = TelegramClient(token, api_url, connections=1)
    await client.start()
    try:
        async with asyncio.timeout(timeout):
            me = (await client.send("getMe", {}, timeout=timeout)).result
    except TimeoutError:
        msg = f"The Telegram server did not answer within {timeout:g} seconds. Try again in a moment."
        raise TelegramUnreachable(msg) from None
    except TelegramError as exc:
        failure = classify(exc)
        if failure.kind is FailureKind.UNAUTHORIZED:
            msg = "Telegram does not know this token: mistyped or revoked. See BotFather's /token."
            raise TokenRefused(msg) from None
        msg = f"The Telegram server could not be asked ({failure.kind.value}: {failure.description})."
        raise TelegramUnreachable(msg, said=failure.description) from None
    finally:
        await client.close()
    return _identity(me)


def _identity(me: object) -> BotIdentity:
    if not isinstance(me, dict) or type(me.get("id")) is not int or me.get("is_bot") is False:
        msg = "What answers at this address is no Bot API server: its getMe names no bot."
        raise TelegramUnreachable(msg, code="telegram.not_a_bot_api")
    return BotIdentity(
        telegram_id=me["id"],
        username=_text(me.get("username")),
        name=_text(me.get("first_name")),
        can_join_groups=me.get("can_join_groups") is True,
        can_read_all_group_messages=me.get("can_read_all_group_messages") is True,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
