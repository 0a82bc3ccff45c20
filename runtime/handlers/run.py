"""From a handler to the one service that it calls: in the bot's scope, on a thread, in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from core import aio
from runtime.dispatch.act import Act
from sessions_app.contracts import Visit
from telegram_client.failures import classify

log = structlog.get_logger(__name__)

# Held until they end, since the loop itself holds tasks only weakly.
_kindnesses: set[asyncio.Task[None]] = set()


def visit_of(act: Act) -> Visit:
    """The visit of an act that the router gave to a handler for visits."""
    assert act.visit is not None, "the router gives such handlers visits only"  # noqa: S101
    return act.visit


async def run(act: Act, service: Callable[..., None], **arguments: Any) -> None:
    """Call the service with the visit; tell Telegram that a tap was heard."""
    acknowledge(act)
    await aio.run_in_bot(act.desk.hand.bot_id, service, visit=visit_of(act), **arguments)


def acknowledge(act: Act) -> None:
    """Stop the clock on a tapped button. A kindness: it may fail, and nobody waits for it."""
    tap = act.heard.tap
    if tap is not None:
        be_kind(act, "answerCallbackQuery", {"callback_query_id": tap.query_id})


def be_kind(act: Act, method: str, params: dict[str, object]) -> None:
    """Call a method whose outcome matters to nobody: not in the outbox, once, with a short patience."""

    async def call() -> None:
        try:
            await act.desk.client.send(method, params, timeout=5.0)
        except Exception as error:  # noqa: BLE001 - it must not touch the turn
            log.debug("kindness.failed", method=method, kind=classify(error).kind.value)

    task = asyncio.create_task(call())
    _kindnesses.add(task)
    task.add_done_callback(_kindnesses.discard)
