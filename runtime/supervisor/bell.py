"""Tells admins of alerts as soon as there are any, and looks at budgets now and then."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from django.db import Error as DatabaseError

from bots.alerts import CHANNEL
from bots.services.watch_budgets import watch_budgets
from care.services.notify_admins import notify_admins
from core import aio
from core.clock import clock
from runtime.listen import listen

log = structlog.get_logger(__name__)

# Alerts are heard at once; this is for those that were not, and for those that were held back.
LOOK_SECONDS = 15.0
# What goes wrong together is told together.
GATHER_SECONDS = 1.0
# A budget that is spent shows in the figures, which nobody reads while people only talk.
BUDGET_SECONDS = 60.0


class Bell:
    """Rings in the outbox; the bots' own senders do the rest. Works with Redis away."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._counted_at = clock.monotonic() - BUDGET_SECONDS

    async def run(self) -> None:
        """Tell until cancelled; outlives a database that is away."""
        ear = asyncio.create_task(listen(CHANNEL, self._ring))
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._rung.wait()
                        await asyncio.sleep(GATHER_SECONDS)
                self._rung.clear()
                if clock.monotonic() - self._counted_at >= BUDGET_SECONDS:
                    self._counted_at = clock.monotonic()
                    await self._try(watch_budgets)
                await self._try(notify_admins)
        finally:
            ear.cancel()
            await asyncio.gather(ear, return_exceptions=True)

    def _ring(self, _payload: str) -> None:
        self._rung.set()

    async def _try(self, service: Callable[[], int]) -> None:
        try:
            await aio.run(service)
        except DatabaseError:
            log.warning("alerts.database_unavailable", exc_info=True)
        except Exception:  # the bots go on, and so does the next look
            log.exception("alerts.not_told")
