"""A bot's companion outside of the runtime: for rounds that Celery or a command walks. Asynchronous."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from bots.contracts import BotSettings
from bots.selectors.get_bot_settings import get_bot_settings
from core import aio
from llm.model import build_model
from sessions_app.companion import Companion
from sessions_app.selectors.companion_of import companion_of, model_settings


@asynccontextmanager
async def companion_for(bot_id: UUID) -> AsyncIterator[tuple[Companion, BotSettings]]:
    """The companion with a model of this loop's own, closed at the end.

    Raises BotError, Undecryptable, ModelRefused.
    """
    settings = await aio.run(get_bot_settings, bot_id)
    model = build_model(model_settings(settings.model))
    try:
        yield await aio.run(companion_of, settings=settings, model=model), settings
    finally:
        await model.aclose()
