"""Polls a bot and watches that polling succeeds: nothing but a successful poll counts as hearing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from core.clock import clock
from runtime.contracts import Deaf, LoopDied
from runtime.ingest.poller import Poller
from runtime.vitals import Vitals
from telegram_client.client import TelegramClient

log = structlog.get_logger(__name__)


class Hearing:
    """A fresh poller first when nothing is heard for `limit` seconds, then a fresh start of the whole bot."""

    def __init__(
        self,
        *,
        client: TelegramClient,
        vitals: Vitals,
        limit: float,
        make_poller: Callable[[], Poller],
        on_deaf: Callable[[], None],
    ) -> None:
        self._client = client
        self._vitals = vitals
        self._limit = limit
        self._make_poller = make_poller
        self._on_deaf = on_deaf
        self._poller: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Hear no more; `run` goes on standing still until it is cancelled."""
        if self._poller is not None:
            self._poller.cancel()

    async def run(self) -> None:
        """Poll until cancelled. Raises TokenRevoked; Deaf when a second poller heard nothing either."""
        with contextlib.suppress(Exception):
            # A webhook left behind would end every poll with 409; a server without webhooks may not know it.
            await self._client.send("deleteWebhook", {"drop_pending_updates": False}, timeout=5.0)
        for is_last in (False, True):
            self._vitals.polled = None
            self._poller = asyncio.create_task(self._make_poller().run())
            try:
                await self._watch(self._poller)
            finally:
                self._poller.cancel()
                await asyncio.gather(self._poller, return_exceptions=True)
            log.warning("bot.deaf", bot=self._vitals.slug, is_last=is_last)
            self._on_deaf()
        raise Deaf

    async def _watch(self, poller: asyncio.Task[None]) -> None:
        """Return when no poll has succeeded for too long; raise what ended the poller."""
        since = clock.monotonic()
        while True:
            await asyncio.wait({poller}, timeout=1.0)
            if poller.done():
                if poller.cancelled():
                    await asyncio.Event().wait()
                poller.result()
                raise LoopDied("poller")
            if clock.monotonic() - max(self._vitals.polled or since, since) > self._limit:
                return
