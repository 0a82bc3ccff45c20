from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.dispatch.act import Act
from runtime.handlers.run import be_kind, visit_of

# Telegram shows an action for five seconds.
_AGAIN = 4.5


@asynccontextmanager
async def typing(act: Act) -> AsyncIterator[None]:
    """Show that the bot is writing for as long as a model thinks; nothing where the answer is there at once."""
    if not act.desk.companion.has_model:
        yield
        return
    task = asyncio.create_task(_keep_typing(act))
    try:
        yield
    finally:
        task.cancel()


async def _keep_typing(act: Act) -> None:
    while True:
        be_kind(act, "sendChatAction", {"chat_id": visit_of(act).chat_id, "action": "typing"})
        await asyncio.sleep(_AGAIN)
