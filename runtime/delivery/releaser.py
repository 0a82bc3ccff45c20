"""Feeds one bot's broadcasts into its outbox, a little ahead of what may leave: a pause stops within a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from broadcast.contracts import Released
from broadcast.errors import BroadcastError
from broadcast.pace import Allowance
from broadcast.services.lifecycle import finish_if_done, pause_troubled
from broadcast.services.release import release
from broadcast.services.report_progress import report_progress
from broadcast.services.settle_recipients import reconcile
from core import aio
from core.clock import clock
from mailbox.selectors.broadcasts_waiting import broadcasts_waiting

log = structlog.get_logger(__name__)

# While something is being sent; and when nothing is, unless somebody says that something has changed.
TICK_SECONDS = 0.8
# Where so many messages leave that the outbox would run dry meanwhile.
FAST_TICK_SECONDS = 0.4
SWEEP_SECONDS = 10.0
# How often whoever follows a broadcast in Telegram is told.
REPORT_SECONDS = 3.0
# So many seconds' worth of messages lie in the outbox.
AHEAD_SECONDS = 2.0
FEWEST_AHEAD, MOST_AHEAD = 30, 800


class Releaser:
    """One bot's broadcasts. `rate` tells how many messages a second may leave, None for any number."""

    def __init__(
        self,
        *,
        bot_id: UUID,
        rate: Callable[[], float | None],
        on_released: Callable[[], None],
        on_paid: Callable[[bool], None],
    ) -> None:
        self._bot_id = bot_id
        self._rate = rate
        self._on_released = on_released
        self._on_paid = on_paid
        self._allowance = Allowance()
        self._report_at = 0.0
        self._troubled: set[UUID] = set()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something about broadcasts may have changed."""
        self._wake.set()

    def note_trouble(self, broadcast_id: UUID) -> None:
        """Too much of this broadcast goes wrong."""
        self._troubled.add(broadcast_id)
        self._wake.set()

    async def run(self) -> None:
        """Release until cancelled; outlives a database that is away."""
        is_new = True
        while True:
            self._wake.clear()
            wait = SWEEP_SECONDS
            try:
                if is_new:
                    # What an earlier holder of the lease has left undecided was just decided.
                    self._troubled.update(await aio.run_in_bot(self._bot_id, reconcile, bot_id=self._bot_id))
                    is_new = False
                await self._pause_troubled()
                released = await self._release()
                wait = self._tick() if released.running else SWEEP_SECONDS
            except DatabaseError:
                log.warning("release.database_unavailable", bot=str(self._bot_id), exc_info=True)
                wait = 1.0
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _tick(self) -> float:
        rate = self._rate()
        is_slow = rate is not None and rate * AHEAD_SECONDS < MOST_AHEAD
        return TICK_SECONDS if is_slow else FAST_TICK_SECONDS

    async def _release(self) -> Released:
        rate = self._rate()
        ahead = MOST_AHEAD if rate is None else min(MOST_AHEAD, max(FEWEST_AHEAD, rate * AHEAD_SECONDS))
        released = await aio.run_in_bot(
            self._bot_id, _look, bot_id=self._bot_id, ahead=int(ahead), allowance=self._allowance
        )
        self._on_paid(released.is_paid)
        if released.count:
            self._on_released()
        for broadcast_id in released.unreadable:
            await self._pause(broadcast_id, "content")
        for broadcast_id, bot_ids in released.done:
            await aio.run_in_bots(list(bot_ids), _finish, broadcast_id)
        await self._report(is_due=bool(released.done))
        return released

    async def _report(self, *, is_due: bool) -> None:
        """Tell those who follow in Telegram, every few seconds; and at once when something has ended."""
        now = clock.monotonic()
        if is_due or now >= self._report_at:
            told = await aio.run_in_bot(self._bot_id, report_progress, bot_id=self._bot_id)
            if told:
                self._on_released()
        if now >= self._report_at:
            self._report_at = now + REPORT_SECONDS

    async def _pause_troubled(self) -> None:
        while self._troubled:
            broadcast_id = next(iter(self._troubled))
            await self._pause(broadcast_id, "errors")
            self._troubled.discard(broadcast_id)

    async def _pause(self, broadcast_id: UUID, reason: str) -> None:
        if await aio.run_in_bot(self._bot_id, pause_troubled, broadcast_id=broadcast_id, reason=reason):
            log.warning("broadcast.paused", broadcast=str(broadcast_id), reason=reason)


def _look(*, bot_id: UUID, ahead: int, allowance: Allowance) -> Released:
    started = clock.monotonic()
    room = ahead - broadcasts_waiting(bot_id=bot_id, most=ahead)
    released = release(bot_id=bot_id, room=max(0, room), allowance=allowance)
    if released.count:
        log.debug("broadcast.released", count=released.count, ms=round((clock.monotonic() - started) * 1000))
    return released


def _finish(broadcast_id: UUID) -> None:
    try:
        finish_if_done(broadcast_id=broadcast_id)
    except BroadcastError as error:
        log.warning("broadcast.finish_failed", broadcast=str(broadcast_id), error=error.code)
