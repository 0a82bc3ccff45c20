"""A bot learns who Telegram says it is, and shows its commands; whether or not the server knows how."""

from __future__ import annotations

import asyncio
import contextlib

from django.db import Error as DatabaseError

from bots.services.record_identity import record_identity
from core import aio
from runtime.bot_commands import command_lists
from runtime.contracts import TokenRevoked
from runtime.dispatch.act import Desk
from telegram_client.failures import FailureKind, classify


async def introduce(desk: Desk) -> None:
    """Ask getMe until it answers, keep the name, set the menu. Raises TokenRevoked."""
    result = await _ask_who_we_are(desk)
    if isinstance(result, dict) and isinstance(result.get("id"), int):
        desk.telegram_id, desk.username = result["id"], str(result.get("username") or "")[:64]
        with contextlib.suppress(DatabaseError):
            await aio.run(
                record_identity,
                bot_id=desk.hand.bot_id,
                telegram_id=desk.telegram_id,
                username=desk.username,
            )
    owner = desk.settings.owner_telegram_id
    admins = {*desk.settings.admin_telegram_ids, *([] if owner is None else [owner])}
    for params in command_lists(sorted(admins)):
        with contextlib.suppress(Exception):
            await desk.client.send("setMyCommands", params, timeout=10.0)


async def _ask_who_we_are(desk: Desk) -> object:
    delay = 1.0
    while True:
        try:
            return (await desk.client.send("getMe", {}, timeout=10.0)).result
        except Exception as error:  # noqa: BLE001 - every failure has a kind
            if classify(error).kind is FailureKind.UNAUTHORIZED:
                raise TokenRevoked from None
        await asyncio.sleep(delay)
        delay = min(delay * 2, 30.0)
