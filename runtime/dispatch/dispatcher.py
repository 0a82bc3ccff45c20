"""Takes one bot's open updates in hand: each chat in order, one turn at a time; chats side by side."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from core import aio, metrics
from core.errors import AppError
from core.outage import is_outage
from mailbox.contracts import Arrival, Claimed, Hand, LeaseLost
from mailbox.services.claim import claim
from mailbox.services.settle import give_back, release, try_alone
from runtime.dispatch.gate import Gate
from runtime.dispatch.turns import Turns

log = structlog.get_logger(__name__)

# Taken so often without being settled, a row is buried.
MOST_ATTEMPTS = 3
# Taken so often, a row is tried alone: if it ends the process again, no other row is to blame.
SUSPECT_AFTER = 3
# What nobody told us about is found by looking.
SWEEP_SECONDS = 2.0
MOST_LANES = 48


class Dispatcher:
    """The lanes of one bot."""

    def __init__(
        self,
        *,
        hand: Hand,
        gate: Gate,
        burst_wait: Callable[[], float],
        turns: Turns,
        most_lanes: int = MOST_LANES,
    ) -> None:
        self._hand = hand
        self._gate = gate
        self._burst_wait = burst_wait
        self._turns = turns
        self._most_lanes = most_lanes
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._in_hand: dict[int, Sequence[Claimed]] = {}
        # Lanes that hold more than was taken of them, and whether there may be more lanes than there was room for.
        self._behind: set[int] = set()
        self._is_deep = False
        # Somebody else put something into the queue, into which lane we do not know.
        self._is_told = False
        self._wake = asyncio.Event()
        self._is_stopping = False
        self.is_paused = False

    def heard(self, arrivals: Sequence[Arrival]) -> None:
        """New rows were kept: start at once what need not wait, the rest when its burst may be over."""
        must_wait = False
        for arrival in arrivals:
            if arrival.reason:
                continue
            self._behind.add(arrival.lane)
            if arrival.may_wait:
                must_wait = True
            else:
                self._wake.set()
        if must_wait:
            self.wake_in(self._burst_wait())

    def wake(self) -> None:
        """Look into the queue now: there may be more in any lane."""
        self._is_told = True
        self._wake.set()

    def wake_in(self, seconds: float) -> None:
        """Look into the queue after a while."""
        if seconds <= 0:
            self._wake.set()
        else:
            # A little later than due, since the row's time and the timer's are read at different moments.
            asyncio.get_running_loop().call_later(seconds + 0.005, self._wake.set)

    async def run(self) -> None:
        """Take and serve until cancelled; outlives a database that is away."""
        delay = 0.1
        while True:
            self._wake.clear()
            free = self._most_lanes - len(self._busy)
            if free > 0 and not self.is_paused and not self._is_stopping:
                try:
                    await self._take(free)
                    delay = 0.1
                except DatabaseError:
                    log.warning("dispatch.database_unavailable", exc_info=True)
                    self._wake.set()
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, 2.0)
            # Not wait_for, which on Python 3.11 swallows a cancellation that comes with the wake-up.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._wake.wait()

    async def drain(self, seconds: float) -> None:
        """Take nothing more, and finish what is in hand; what takes longer than `seconds` is left for another."""
        self._is_stopping = True
        self._wake.set()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=seconds)
        await self.abandon()

    async def abandon(self) -> None:
        """Let go of everything in hand at once; its rows stay open, and are none the worse for it."""
        self._is_stopping = True
        tasks = [(task, self._in_hand[lane]) for lane, task in self._busy.items()]
        for task, _ in tasks:
            task.cancel()
        await asyncio.gather(*(task for task, _ in tasks), return_exceptions=True)
        await self._give_back([row for task, burst in tasks if task.cancelled() for row in burst])

    async def _give_back(self, rows: Sequence[Claimed]) -> None:
        if rows:
            log.info("dispatch.given_back", bot=self._turns.slug, updates=len(rows))
            with contextlib.suppress(DatabaseError):
                await aio.run_in_bot(
                    self._hand.bot_id, give_back, hand=self._hand, ids=[row.id for row in rows]
                )

    async def _take(self, free: int) -> None:
        busy = frozenset(self._busy)
        # What is heard from now on may be too late for this look.
        behind, self._behind = self._behind, set()
        if self._is_told:
            # What was told of may lie in a lane that is busy, and is then found when that lane is free.
            self._is_told = False
            behind |= busy
        try:
            haul = await aio.run_in_bot(
                self._hand.bot_id,
                claim,
                hand=self._hand,
                busy=busy,
                lanes=free,
                burst_wait=self._burst_wait(),
            )
        except BaseException:
            self._behind |= behind
            raise
        self._behind |= behind & busy
        if not self._busy.keys() >= self._behind & busy:
            # A lane that was passed over as busy has become free meanwhile.
            self._wake.set()
        if not haul.bursts:
            self._is_deep = False
            return
        if self._is_stopping:
            await self._give_back([row for burst in haul.bursts for row in burst])
            return
        metrics.batch_size.labels("claim").observe(sum(len(burst) for burst in haul.bursts))
        self._is_deep = len(haul.bursts) == free
        if haul.is_cut and not self._is_deep:
            # One lane with a long queue may have hidden others; now that it is busy it no longer does.
            self._wake.set()
        self._behind |= haul.followed
        for burst in haul.bursts:
            lane = burst[0].lane
            self._in_hand[lane] = burst
            self._busy[lane] = asyncio.create_task(self._serve(lane, burst))

    async def _serve(self, lane: int, burst: Sequence[Claimed]) -> None:
        try:
            is_suspect = burst[0].attempts >= SUSPECT_AFTER
            with structlog.contextvars.bound_contextvars(bot=self._turns.slug, correlation=str(burst[-1].id)):
                async with self._gate.alone() if is_suspect else self._gate.shared():
                    await self._try(burst, is_suspect=is_suspect)
        finally:
            del self._busy[lane], self._in_hand[lane]
            if self._is_deep or lane in self._behind:
                self._behind.discard(lane)
                self._wake.set()

    async def _try(self, burst: Sequence[Claimed], *, is_suspect: bool) -> None:
        ids = [each.id for each in burst]
        attempts = max(each.attempts for each in burst)
        try:
            if attempts > MOST_ATTEMPTS:
                await self._bury(burst, burst[0].reason or "it ended the process each time")
            else:
                if is_suspect:
                    await aio.run_in_bot(self._hand.bot_id, try_alone, hand=self._hand, ids=ids)
                await self._turns.take(burst)
        except LeaseLost:
            log.warning("turn.lease_lost")
        except Exception as error:
            if is_outage(error):
                log.warning("turn.database_unavailable", exc_info=True)
                await self._outlast(ids)
                return
            code = error.code if isinstance(error, AppError) else type(error).__name__
            is_over = (isinstance(error, AppError) and error.permanent) or attempts >= MOST_ATTEMPTS
            log.exception("turn.failed", error_code=code, attempts=attempts, is_buried=is_over)
            with contextlib.suppress(DatabaseError, LeaseLost):
                if is_over:
                    await self._bury(burst, code)
                    return
                wait = 0.5 * 4 ** (attempts - 1)
                await aio.run_in_bot(
                    self._hand.bot_id, release, hand=self._hand, ids=ids, reason=code, wait=wait
                )
                self.wake_in(wait)

    async def _outlast(self, ids: Sequence[UUID]) -> None:
        """Wait for the database, so that its absence counts as no attempt; the lane stands still meanwhile."""
        delay = 0.1
        while True:
            try:
                await aio.run_in_bot(self._hand.bot_id, give_back, hand=self._hand, ids=ids)
            except DatabaseError:
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)
            else:
                self.wake_in(0.0)
                return

    async def _bury(self, burst: Sequence[Claimed], reason: str) -> None:
        try:
            await self._turns.give_up(burst, reason)
        except Exception:
            log.warning("turn.apology_failed", exc_info=True)
            await self._turns.bury(burst, reason)
