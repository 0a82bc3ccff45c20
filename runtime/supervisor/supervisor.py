"""Brings about what people want of the bots: the right workers, with the right bots, whatever falls over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
from collections import defaultdict, deque
from collections.abc import Sequence
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from bots.announcements import CHANNEL as BOTS
from bots.contracts import WantedBot
from bots.models import AlertKind, ObservedState
from bots.selectors.list_wanted_bots import list_wanted_bots
from bots.services.observe_state import observe_state
from bots.services.raise_alert import raise_alert
from bots.services.release_leases_of import release_leases_of
from core import aio, metrics
from core.clock import clock
from runtime.contracts import Order
from runtime.listen import listen
from runtime.supervisor.bell import Bell
from runtime.supervisor.plan import plan
from runtime.supervisor.process import WorkerProcess

log = structlog.get_logger(__name__)

# Changes are heard at once; this is for those that were not.
LOOK_SECONDS = 2.0
# A worker that fell so often in so many seconds has a bot that ends it. More often than an update is tried before
# it is buried: a payload that ends its worker must not end its bot.
FALLS = 5
FALL_WINDOW = 120.0
# A bot that was run alone for so long without a fall was not to blame: a process of its own costs memory.
CALM_SECONDS = 900.0


class Supervisor:
    """Looks after worker processes. `slugs` limits it to some bots; None means all."""

    def __init__(self, *, slugs: Sequence[str] | None = None) -> None:
        self._slugs = slugs
        self._base = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._processes: dict[str, WorkerProcess] = {}
        self._assigned: dict[str, list[WantedBot]] = {}
        self._falls: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=FALLS))
        # Bots that are run alone because a worker with them kept falling, each since its last fall (monotonic
        # seconds); and those that fell alone, at which generation.
        self._suspects: dict[UUID, float] = {}
        self._crashed: dict[UUID, int] = {}
        self._look = asyncio.Event()
        self._is_leaving = False

    async def run(self) -> None:
        """Reconcile until told to leave; then end the workers, in order, and return."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.leave)
        ear = asyncio.create_task(listen(BOTS, lambda _: self._look.set()))
        bell = asyncio.create_task(Bell().run())
        log.info("supervisor.started", holder=self._base)
        try:
            while not self._is_leaving:
                await self._reconcile()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._look.wait()
                self._look.clear()
        finally:
            ear.cancel()
            await self._end_workers()
            # The last to go: what went wrong at the end is told too.
            bell.cancel()
            await asyncio.gather(bell, return_exceptions=True)
            log.info("supervisor.stopped")

    def leave(self) -> None:
        """Drain and go."""
        self._is_leaving = True
        self._look.set()

    async def _reconcile(self) -> None:
        try:
            wanted = await aio.run(list_wanted_bots, self._slugs)
        except DatabaseError:
            # The workers go on with what they have.
            log.warning("supervisor.database_unavailable", exc_info=True)
            return
        generations = {bot.id: bot.generation for bot in wanted}
        for bot_id, generation in list(self._crashed.items()):
            # Somebody pressed restart, or changed what was wrong.
            if generations.get(bot_id) != generation:
                del self._crashed[bot_id]
                self._suspects.pop(bot_id, None)
        calm_since = clock.monotonic() - CALM_SECONDS
        self._suspects = {bot_id: at for bot_id, at in self._suspects.items() if at > calm_since}
        self._assigned = plan(
            wanted=[bot for bot in wanted if bot.id not in self._crashed],
            current={name: [bot.id for bot in bots] for name, bots in self._assigned.items()},
            per_worker=settings.BOTS_PER_WORKER,
            alone=self._suspects,
        )
        for name in self._assigned:
            if name not in self._workers:
                self._workers[name] = asyncio.create_task(self._keep(name))
        await asyncio.gather(*(self._tell(name) for name in list(self._processes)))

    async def _tell(self, name: str) -> None:
        await self._processes[name].order([_order(bot) for bot in self._assigned.get(name, ())])

    async def _keep(self, name: str) -> None:
        """Keep one worker running for as long as it has bots."""
        count = 0
        while self._has_work(name):
            count += 1
            process = WorkerProcess(name, f"{self._base}:{name}:{count}")
            await process.start()
            self._processes[name] = process
            await self._tell(name)
            code = await self._until_idle(name, process)
            del self._processes[name]
            await self._clean_up(process)
            if not self._has_work(name):
                break
            metrics.worker_restarts_total.inc()
            log.error("worker.fell", worker=name, pid=process.pid, exit_code=code)
            await self._tell_staff(name, code)
            await self._judge(name)
            await asyncio.sleep(min(0.2 * 2 ** len(self._falls[name]), 10.0) * random.uniform(0.5, 1.0))  # noqa: S311
        self._workers.pop(name, None)
        self._look.set()

    def _has_work(self, name: str) -> bool:
        return name in self._assigned and not self._is_leaving

    async def _until_idle(self, name: str, process: WorkerProcess) -> int:
        """Wait for the worker's end; one that has no bots any more is sent home."""
        ended = asyncio.create_task(process.wait())
        while not ended.done():
            await asyncio.wait({ended}, timeout=1.0)
            # Also one that was just being started when everybody was told to leave.
            if not self._has_work(name):
                process.terminate()
        return ended.result()

    async def _clean_up(self, process: WorkerProcess) -> None:
        """Give back what a dead worker held, so that nobody waits for its leases to end."""
        if process.pid is not None:
            with contextlib.suppress(OSError):
                metrics.forget_process(process.pid)
        for _ in range(20):
            try:
                await aio.run(release_leases_of, holder_prefix=process.holder)
                return
            except DatabaseError:
                await asyncio.sleep(0.25)

    async def _tell_staff(self, name: str, code: int) -> None:
        """The bots of a worker that fell were restarted too."""
        with contextlib.suppress(DatabaseError):
            await aio.run(
                raise_alert,
                kind=AlertKind.ERROR,
                subject="a worker of runbots ended",
                detail=f"{name}, exit code {code}; it is started again",
            )
        for bot in self._assigned.get(name, ()):
            with contextlib.suppress(DatabaseError):
                await aio.run(
                    observe_state,
                    bot_id=bot.id,
                    state=ObservedState.BACKING_OFF,
                    error="its process ended and is started again",
                    restarts_delta=1,
                )

    async def _judge(self, name: str) -> None:
        """A worker that keeps falling: find the bot that ends it, by giving each a process of its own."""
        falls, now = self._falls[name], clock.monotonic()
        falls.append(now)
        for bot in self._assigned.get(name, ()):
            if bot.id in self._suspects:
                self._suspects[bot.id] = now
        if len(falls) < FALLS or now - falls[0] > FALL_WINDOW:
            return
        bots = self._assigned.get(name, [])
        falls.clear()
        if len(bots) > 1:
            log.error("worker.split", worker=name, bots=len(bots))
            self._suspects.update((bot.id, now) for bot in bots)
            self._assigned.pop(name)
        for bot in bots if len(bots) == 1 else ():
            log.error("bot.crashed", bot=bot.slug)
            self._crashed[bot.id] = bot.generation
            self._assigned.pop(name, None)
            with contextlib.suppress(DatabaseError):
                await aio.run(
                    observe_state,
                    bot_id=bot.id,
                    state=ObservedState.CRASHED,
                    error=f"its process ended {FALLS} times within {FALL_WINDOW:.0f} s",
                    restarts_delta=1,
                )

    async def _end_workers(self) -> None:
        for process in self._processes.values():
            process.terminate()
        tasks = list(self._workers.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=settings.DRAIN_SECONDS + 5)
            for process in self._processes.values():
                process.kill()
            if late:
                await asyncio.wait(late, timeout=5)


def _order(bot: WantedBot) -> Order:
    return Order(
        bot_id=bot.id,
        generation=bot.generation,
        revision=bot.updated_at.isoformat(),
        is_paused=bot.wanted_state == "paused",
    )
