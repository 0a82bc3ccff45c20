"""One worker process: some bots, each on its own, sharing a loop, a pool of database threads and a heartbeat.

Orders come as JSON lines on standard input, the whole list each time. When the input ends, the supervisor is
gone: finish what is in hand and leave.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from bots.services.flush_metrics import flush_metrics
from bots.services.record_polls import record_polls
from bots.services.renew_leases import renew_leases
from core import aio, metrics
from core.clock import clock
from mailbox.selectors.backlogs import backlogs
from mailbox.services.post import CHANNEL as MAIL
from runtime.alarms import ModelWatch
from runtime.bot_runner import BotRunner
from runtime.contracts import Order
from runtime.dispatch.gate import Gate
from runtime.listen import listen
from sessions_app.conversation import Conversation

log = structlog.get_logger(__name__)

# A restart must show within two seconds; what a turn has not finished by then, the next runner takes up.
RESTART_SECONDS = 1.0
FLUSH_SECONDS = 10.0
# Every bot deaf for this many heartbeats: the process itself may be to blame.
_BEAT_SECONDS = 2.0


class Worker:
    """The bots of one process, as ordered."""

    def __init__(self, *, holder: str, beat: Callable[[], None]) -> None:
        self._holder = holder
        self._beat = beat
        self._conversation = Conversation()
        self._gate = Gate()
        self._runners: dict[UUID, BotRunner] = {}
        self._orders: dict[UUID, Order] = {}
        self._changed = asyncio.Event()
        self._leaving = asyncio.Event()
        self._renewed_at = clock.monotonic()
        self._model_watch = ModelWatch()

    def order(self, orders: list[Order]) -> None:
        """This is all that there is to do from now on."""
        self._orders = {each.bot_id: each for each in orders}
        self._changed.set()

    def leave(self) -> None:
        """Finish and go."""
        self._leaving.set()
        self._changed.set()

    async def run(self) -> None:
        """Serve until told to leave, then drain for a bounded time."""
        loops = [
            asyncio.create_task(each, name=name)
            for name, each in (
                ("lease", self._keep_leases()),
                ("flush", self._flush()),
                ("beat", self._keep_beating()),
                ("models", self._watch_models()),
                ("mail", listen(MAIL, self._mail_came)),
            )
        ]
        try:
            while not self._leaving.is_set():
                await self._reconcile()
                await self._changed.wait()
                self._changed.clear()
            log.info("worker.draining", bots=len(self._runners))
            await asyncio.gather(
                *(each.stop(seconds=settings.DRAIN_SECONDS) for each in self._runners.values()),
                return_exceptions=True,
            )
            with contextlib.suppress(DatabaseError):
                await self._flush_once()
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def _reconcile(self) -> None:
        wanted = dict(self._orders)
        ended = [
            runner
            for bot_id, runner in self._runners.items()
            if bot_id not in wanted or wanted[bot_id].generation != runner.order.generation
        ]
        # Side by side: a bot that takes its time to stop delays no other.
        await asyncio.gather(*(self._stop(each) for each in ended), return_exceptions=True)
        for bot_id, order in wanted.items():
            runner = self._runners.get(bot_id)
            if runner is None:
                self._runners[bot_id] = BotRunner(
                    order=order, holder=self._holder, conversation=self._conversation, gate=self._gate
                )
            elif order != runner.order:
                runner.follow(order)

    async def _stop(self, runner: BotRunner) -> None:
        del self._runners[runner.bot_id]
        self._model_watch.forget(runner.bot_id)
        await runner.stop(seconds=RESTART_SECONDS)

    async def _keep_leases(self) -> None:
        """Renew what we hold; let go of what we could not renew in time, since somebody else may hold it."""
        pause = settings.LEASE_SECONDS / 4
        while True:
            await asyncio.sleep(pause)
            held = {each.bot_id: each.lease.epoch for each in self._runners.values() if each.lease}
            polls = {
                each.bot_id: poll
                for each in self._runners.values()
                if (poll := each.vitals.take_poll()) is not None
            }
            try:
                asked_at = clock.monotonic()
                kept = await aio.run(
                    renew_leases, holder=self._holder, epochs=held, seconds=settings.LEASE_SECONDS
                )
                self._renewed_at = asked_at
                await aio.run(record_polls, polls=polls)
            except DatabaseError:
                log.warning("lease.database_unavailable", exc_info=True)
                if clock.monotonic() - self._renewed_at < settings.LEASE_SECONDS - pause:
                    continue
                kept = set()
            for bot_id, epoch in held.items():
                runner = self._runners.get(bot_id)
                if bot_id not in kept and runner is not None and runner.lease and runner.lease.epoch == epoch:
                    log.warning("lease.lost", bot=runner.vitals.slug)
                    runner.lose_lease()

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            with contextlib.suppress(DatabaseError):
                await self._flush_once()

    async def _flush_once(self) -> None:
        runners = list(self._runners.values())
        if not runners:
            return
        samples = [sample for each in runners for sample in each.vitals.take_samples()]
        bots = [each.bot_id for each in runners]
        await aio.run_in_bots(bots, flush_metrics, samples=samples)
        waiting = await aio.run_in_bots(bots, backlogs, bot_ids=bots)
        for each in runners:
            count, oldest = waiting.get(each.bot_id, (0, None))
            metrics.backlog_rows.labels(each.vitals.slug).set(count)
            age = (clock.now() - oldest).total_seconds() if oldest else 0.0
            metrics.backlog_age_seconds.labels(each.vitals.slug).set(age)

    async def _watch_models(self) -> None:
        """Tell staff of models that cannot be reached, and of those that are back."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            for runner in list(self._runners.values()):
                desk = runner.desk
                if desk is None:
                    continue
                model = desk.settings.model.name
                if self._model_watch.has_news(bot_id=runner.bot_id, breaker=runner.breaker, model=model):
                    with contextlib.suppress(DatabaseError):
                        await aio.run(
                            self._model_watch.look,
                            bot_id=runner.bot_id,
                            slug=runner.vitals.slug,
                            breaker=runner.breaker,
                            model=model,
                        )

    async def _keep_beating(self) -> None:
        while True:
            self._beat()
            await asyncio.sleep(_BEAT_SECONDS)

    def _mail_came(self, payload: str) -> None:
        for runner in self._runners.values():
            if not payload or str(runner.bot_id) == payload:
                runner.mail_came()


async def serve(holder: str) -> None:
    """The life of a worker process, from its first order to its last answer."""
    worker = Worker(holder=holder, beat=_beat)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.leave)
    orders = asyncio.create_task(_read_orders(worker))
    # What was imported stays: the collector need not walk it at every full collection.
    gc.collect()
    gc.freeze()
    try:
        await worker.run()
    finally:
        orders.cancel()


async def _read_orders(worker: Worker) -> None:
    reader = asyncio.StreamReader(limit=4 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        worker.order([Order.from_json(each) for each in json.loads(line)])
    log.warning("worker.supervisor_gone")
    worker.leave()


def _beat() -> None:
    with contextlib.suppress(OSError):
        os.write(1, b".\n")
