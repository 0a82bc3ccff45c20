"""Hears one bot's updates: raw bytes in, rows committed, and only then a higher offset."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from core import aio, metrics
from core.clock import clock
from mailbox.contracts import Arrival
from mailbox.services.accept import accept
from runtime.contracts import TokenRevoked
from runtime.ingest.allowed_updates import ALLOWED_UPDATES
from runtime.ingest.arrivals import arrival_of
from runtime.vitals import Vitals
from telegram_client.client import TelegramClient
from telegram_client.contracts import RawUpdate
from telegram_client.failures import Failure, FailureKind, classify
from telegram_client.split import next_offset

log = structlog.get_logger(__name__)

_LONGEST_WAIT = 30.0


class Poller:
    """The long poll of one bot. `on_state` is told "running", "backing_off" or "conflict" with a reason."""

    def __init__(
        self,
        *,
        bot_id: UUID,
        client: TelegramClient,
        vitals: Vitals,
        timeout: int,
        burst_wait: Callable[[], float],
        on_accepted: Callable[[Sequence[Arrival]], None],
        on_state: Callable[[str, str], None],
    ) -> None:
        self._bot_id = bot_id
        self._client = client
        self._vitals = vitals
        self._timeout = timeout
        self._burst_wait = burst_wait
        self._on_accepted = on_accepted
        self._on_state = on_state
        self._failures = 0
        self._nameless: OrderedDict[bytes, None] = OrderedDict()

    async def run(self) -> None:
        """Poll until cancelled. Raises TokenRevoked; outlives everything else."""
        offset: int | None = None
        while True:
            try:
                updates = await self._client.poll(
                    # The first poll returns at once: a bot is known to hear before it waits.
                    offset=offset,
                    timeout=self._timeout if self._vitals.polled is not None else 0,
                    allowed_updates=ALLOWED_UPDATES,
                )
            except Exception as error:  # noqa: BLE001 - the loop must not die; every failure has a kind
                await self._back_off(classify(error))
                continue
            self._failures = 0
            self._vitals.poll_succeeded(updates=len(updates))
            self._on_state("running", "")
            if updates:
                await self._keep(updates)
                later = next_offset(updates, offset)
                if later == offset:
                    # The server repeats itself or gives nothing that can be confirmed: no busy loop.
                    await asyncio.sleep(1.0)
                offset = later

    async def _keep(self, updates: Sequence[RawUpdate]) -> None:
        now, wait = clock.now(), self._burst_wait()
        arrivals = [arrival_of(each, now=now, burst_wait=wait) for each in updates if self._is_new(each)]
        delay = 0.1
        while True:
            try:
                await aio.run_in_bot(self._bot_id, accept, bot_id=self._bot_id, arrivals=arrivals)
                break
            except DatabaseError:
                # Nothing is confirmed before it is kept; Telegram holds it for a day.
                log.warning("poll.database_unavailable", exc_info=True)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)
        metrics.batch_size.labels("accept").observe(len(arrivals))
        for kind in {each.kind for each in arrivals}:
            same = sum(each.kind == kind for each in arrivals)
            metrics.updates_total.labels(self._vitals.slug, kind).inc(same)
        self._vitals.count("updates", len(arrivals), times=len(arrivals))
        for each in arrivals:
            if each.reason:
                log.warning("update.buried", reason=each.reason, size=len(each.payload))
        self._on_accepted(arrivals)

    def _is_new(self, update: RawUpdate) -> bool:
        """Updates without an id have no unique key; a server that repeats one must not fill the table."""
        if update.update_id is not None:
            return True
        digest = hashlib.sha256(update.payload).digest()
        if digest in self._nameless:
            return False
        self._nameless[digest] = None
        if len(self._nameless) > 1000:
            self._nameless.popitem(last=False)
        return True

    async def _back_off(self, failure: Failure) -> None:
        metrics.polls_total.labels(self._vitals.slug, failure.kind.value).inc()
        if failure.kind is FailureKind.UNAUTHORIZED:
            raise TokenRevoked
        self._failures += 1
        state = "conflict" if failure.kind is FailureKind.CONFLICT else "backing_off"
        self._on_state(state, failure.description)
        least = failure.retry_after or 0.0
        wait = min(0.5 * 2 ** min(self._failures, 7), _LONGEST_WAIT)
        await asyncio.sleep(max(least, wait * random.uniform(0.7, 1.0)))  # noqa: S311 - jitter
