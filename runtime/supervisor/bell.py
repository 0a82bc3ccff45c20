"""Tells admins of alerts as soon as there are any."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from django.db import Error as DatabaseError

from bots.alerts import CHANNEL
from care.services.notify_admins import notify_admins
from core import aio
from runtime.listen import listen

log = structlog.get_logger(__name__)

# Alerts are heard at once; this is for those that were not, and for those that were held back.
LOOK_SECONDS = 15.0
# What goes wrong together is told together.
GATHER_SECONDS = 1.0


class Bell:
    """Rings in the outbox; the bots' own senders do the rest. Works with Redis away."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

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
                await self._tell()
        finally:
            ear.cancel()
            await asyncio.gather(ear, return_exceptions=True)

    def _ring(self, _payload: str) -> None:
        self._rung.set()

    async def _tell(self) -> None:
        try:
            await aio.run(notify_admins)
        except DatabaseError:
            log.warning("alerts.database_unavailable", exc_info=True)
        except Exception:  # the bots go on, and so does the next look
            log.exception("alerts.not_told")
