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
from mailbox.contracts import JOB_LANES, Arrival, Claimed, Hand, LeaseLost
from mailbox.selectors.rows_behind import rows_behind
from mailbox.services.claim import MOST_JOBS, claim
from mailbox.services.settle import give_back, release, try_alone
from runtime.dispatch.gate import Gate
from runtime.dispatch.places import MOST_WAITING, NoPlace, Places, Turn
from runtime.dispatch.turns import Turns

log = structlog.get_logger(__name__)

# Taken so often without being settled, a row is buried.
MOST_ATTEMPTS = 3
# Taken so often, a row is tried alone: if it ends the process again, no other row is to blame.
SUSPECT_AFTER = 3
# What nobody told us about is found by looking.
SWEEP_SECONDS = 2.0
# Lanes beside those whose turns are at the model: a third for turns at its door, a third that work of our own may
# fill while it waits for Telegram, and a third for whatever needs no model.
RESERVE = 3 * MOST_WAITING
# Lanes that wait for a place at the model: each claim passes over them.
MOST_HELD = 1000


class Dispatcher:
    """The lanes of one bot."""

    def __init__(
        self,
        *,
        hand: Hand,
        gate: Gate,
        burst_wait: Callable[[], float],
        turns: Turns,
        places: Places,
    ) -> None:
        self._hand = hand
        self._gate = gate
        self._burst_wait = burst_wait
        self._turns = turns
        self._places = places
        self._places.on_taken, self._places.on_left = self._asks, self._let_one_go
        self._busy: dict[int, Turn] = {}
        self._in_hand: dict[int, Sequence[Claimed]] = {}
        # How each turn in hand can be ended before its time.
        self._limits: dict[int, asyncio.Timeout] = {}
        # Lanes whose turn found no place at the model, with the turn's first row: back in the queue until there is one.
        self._held: dict[int, int] = {}
        # Lanes in hand that got something more, which may not wait behind a model.
        self._unseen: set[int] = set()
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
            # With their new words it may be a turn that needs no model.
            self._held.pop(arrival.lane, None)
            if arrival.lane in self._busy:
                self._unseen.add(arrival.lane)
            if arrival.may_wait and not self._places.holds(self._busy.get(arrival.lane)):
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
            free = self._places.most + RESERVE - len(self._busy)
            if not self.is_paused and not self._is_stopping:
                try:
                    if free > 0:
                        await self._take(free)
                    await self._look_behind()
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
            if not self._wake.is_set() and self._places.free:
                # Whoever was let go may have left the queue in another way, and told nobody.
                self._let_one_go()

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
        busy = self._busy.keys() | self._held.keys()
        # What is heard from now on may be too late for this look.
        behind, self._behind = self._behind, set()
        if self._is_told:
            # What was told of may lie in a lane that is busy, and is then found when that lane is free.
            self._is_told = False
            behind |= busy
        texts = self._room_for_texts()
        try:
            haul = await aio.run_in_bot(
                self._hand.bot_id,
                claim,
                hand=self._hand,
                busy=busy,
                lanes=free,
                burst_wait=self._burst_wait(),
                most_jobs=MOST_JOBS if self._places.free else 0,
                most_texts=texts,
            )
        except BaseException:
            self._behind |= behind
            raise
        self._behind |= behind & busy
        if not self._busy.keys() | self._held.keys() >= self._behind & busy:
            # A lane that was passed over as busy has become free meanwhile.
            self._wake.set()
        self._is_deep = len(haul.bursts) >= min(free, texts)
        if not haul.bursts:
            return
        if self._is_stopping:
            await self._give_back([row for burst in haul.bursts for row in burst])
            return
        metrics.batch_size.labels("claim").observe(sum(len(burst) for burst in haul.bursts))
        if haul.is_cut and not self._is_deep:
            # One lane with a long queue may have hidden others; now that it is busy it no longer does.
            self._wake.set()
        self._behind |= haul.followed
        self._unseen |= haul.followed
        for burst in haul.bursts:
            lane = burst[0].lane
            self._in_hand[lane] = burst
            self._busy[lane] = asyncio.create_task(self._serve(lane, burst))

    def _room_for_texts(self) -> int:
        """How many lanes may begin with free text, which mostly needs a model: so many as fit at it and its door."""
        if len(self._held) >= MOST_HELD:
            return self._places.free
        return max(0, self._places.most + MOST_WAITING - len(self._busy))

    def _asks(self, turn: Turn) -> None:
        """A turn comes to the model: does something stand behind it that may not wait as long?"""
        if any(self._busy.get(lane) is turn for lane in self._unseen):
            self._wake.set()

    def _let_one_go(self) -> None:
        """Somebody has left the model: whoever came first of those who found no place comes again, people before work
        of our own.
        """
        if self._held:
            lane = min(self._held, key=lambda each: (each >= JOB_LANES, self._held[each]))
            del self._held[lane]
            # Where it is being put back at this moment, it looks there when that is done.
            self._behind.add(lane)
        elif self._places.free > 1:
            return
        # Without a free place work of our own was left alone.
        self._wake.set()

    async def _look_behind(self) -> None:
        """End the turns that wait for the model while something stands behind them that may not wait."""
        asking = {lane: self._busy[lane] for lane in self._unseen if self._places.holds(self._busy.get(lane))}
        if not asking:
            return
        self._unseen -= asking.keys()
        try:
            pressed = await self._pressed([row for lane in asking for row in self._in_hand[lane]])
        except BaseException:
            self._unseen |= asking.keys() & self._busy.keys()
            raise
        for lane in pressed:
            # It may be another turn by now, and that of the very words.
            is_asking = self._busy.get(lane) is asking[lane] and self._places.holds(asking[lane])
            if is_asking and not self._limits[lane].expired():
                self._limits[lane].reschedule(asyncio.get_running_loop().time())

    async def _pressed(self, rows: Sequence[Claimed]) -> list[int]:
        """Those lanes of rows in hand behind which something stands that may not wait for a model."""
        found = await aio.run_in_bot(self._hand.bot_id, rows_behind, bot_id=self._hand.bot_id, rows=rows)
        return [lane for lane, behind in found.items() if self._turns.are_pressing(behind)]

    async def _put_back(self, burst: Sequence[Claimed]) -> None:
        """There is no place at the model: back into the queue, at no cost, until there is one."""
        lane = burst[0].lane
        if lane in self._unseen:
            self._unseen.discard(lane)
            with contextlib.suppress(DatabaseError):
                if await self._pressed(burst):
                    await self._leave(burst)
                    return
        self._held[lane] = burst[0].seq
        await self._outlast([each.id for each in burst])
        if self._places.free or lane in self._unseen:
            self._held.pop(lane, None)
            self._behind.add(lane)

    async def _leave(self, burst: Sequence[Claimed]) -> None:
        """Be done with rows without an answer, for what stands behind them."""
        try:
            await self._turns.leave(burst)
        except LeaseLost:
            # It was answered at the last moment, or erased.
            log.info("turn.left_too_late")
        except DatabaseError:
            log.warning("turn.database_unavailable", exc_info=True)
            await self._outlast([each.id for each in burst])
            self._wake.set()

    async def _serve(self, lane: int, burst: Sequence[Claimed]) -> None:
        try:
            is_suspect = burst[0].attempts >= SUSPECT_AFTER
            with structlog.contextvars.bound_contextvars(bot=self._turns.slug, correlation=str(burst[-1].id)):
                async with self._gate.alone() if is_suspect else self._gate.shared():
                    await self._try(burst, is_suspect=is_suspect)
        finally:
            del self._busy[lane], self._in_hand[lane]
            self._limits.pop(lane, None)
            self._unseen.discard(lane)
            if self._held and self._places.free:
                # It was let go for a place, and needed none after all.
                self._let_one_go()
            if self._is_deep or lane in self._behind:
                self._behind.discard(lane)
                self._wake.set()

    async def _try(self, burst: Sequence[Claimed], *, is_suspect: bool) -> None:
        ids = [each.id for each in burst]
        attempts = max(each.attempts for each in burst)
        limit = self._limits[burst[0].lane] = asyncio.timeout(None)
        try:
            if attempts > MOST_ATTEMPTS:
                await self._bury(burst, burst[0].reason or "it ended the process each time")
            else:
                if is_suspect:
                    await aio.run_in_bot(self._hand.bot_id, try_alone, hand=self._hand, ids=ids)
                async with limit:
                    await self._turns.take(burst)
        except NoPlace:
            await self._put_back(burst)
        except LeaseLost:
            log.warning("turn.lease_lost")
        except Exception as error:
            if limit.expired():
                await self._leave(burst)
                return
            if is_outage(error):
                log.warning("turn.database_unavailable", exc_info=True)
                await self._outlast(ids)
                self._wake.set()
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
                return

    async def _bury(self, burst: Sequence[Claimed], reason: str) -> None:
        try:
            await self._turns.give_up(burst, reason)
        except Exception:
            log.warning("turn.apology_failed", exc_info=True)
            await self._turns.bury(burst, reason)
