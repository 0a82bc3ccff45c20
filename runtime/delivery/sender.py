"""Sends one bot's outbox: paced, replies first, one at a time in each chat; each outcome is written down."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from broadcast.services.settle_recipients import settle_recipients
from broadcast.services.withdraw_recipients import stopped_meanwhile
from core import aio, metrics
from core.clock import clock
from mailbox.contracts import Hand, MediaFile, Outcome, Outgoing
from mailbox.selectors.media import media_files
from mailbox.services.deliver import mark, outgoing
from mailbox.services.keep_media import note_file_ids
from profiles.services.set_active import set_active
from runtime.delivery.files import file_ids_of, files_in, with_files
from runtime.delivery.pacing import PAID, PaceLimits, Pacer
from runtime.delivery.verdict import Verdict, judge, too_late
from runtime.vitals import Vitals
from telegram_client.client import TelegramClient
from telegram_client.failures import classify

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
MOST_IN_FLIGHT = 48
# What becomes free within so many seconds is taken together.
_TOGETHER = 0.02
# Messages are taken so many seconds before they may leave: none of the quota is lost while the database writes.
_AHEAD = 0.12
# Of broadcasts as many at once as leave in so many seconds, and outcomes of theirs wait so long for company.
_BULK_SECONDS = 0.1


class Sender:
    """The outbox of one bot.

    `on_revoked` is told when Telegram refuses the token, `on_trouble` of broadcasts of which too much goes wrong.
    """

    def __init__(
        self,
        *,
        hand: Hand,
        client: TelegramClient,
        pacer: Pacer,
        vitals: Vitals,
        on_revoked: Callable[[], None],
        most_in_flight: int = MOST_IN_FLIGHT,
    ) -> None:
        self._hand = hand
        self._client = client
        self._pacer = pacer
        self._limits = pacer.limits
        self._is_paid = False
        self._vitals = vitals
        self._on_revoked = on_revoked
        self.on_trouble: Callable[[UUID], None] | None = None
        self._most_in_flight = most_in_flight
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        # Chats that may not be written to yet, and until when (monotonic seconds).
        self._cooling: dict[int, float] = {}
        self._verdicts: list[tuple[Outgoing, Verdict]] = []
        # When they are to be written down, at the latest.
        self._write_by = math.inf
        self._is_pending = True
        # More of broadcasts waits than was let go.
        self._has_bulk = True
        self._is_stopping = False
        self._wake = asyncio.Event()
        # Stopping, nothing is out, and every outcome is written down.
        self._settled = asyncio.Event()

    def wake(self) -> None:
        """Something was posted."""
        self._is_pending = self._has_bulk = True
        self._wake.set()

    @property
    def rate(self) -> float | None:
        """How many messages a second may leave; None without limit."""
        quota = self._pacer.limits.bot
        return quota.rate if quota is not None else None

    def go_paid(self, is_paid: bool) -> None:
        """Telegram is paid for a broadcast under way, or no longer: the bot's own quota is another."""
        if is_paid != self._is_paid:
            self._is_paid = is_paid
            self.keep_to(self._limits)

    def keep_to(self, limits: PaceLimits) -> None:
        """Staff have changed how fast the bot may send."""
        self._limits = limits
        self._pacer.keep_to(replace(limits, bot=PAID) if self._is_paid and limits.bot is not None else limits)
        now = clock.monotonic()
        self._cooling = {chat: self._pacer.chat_ready_at(chat, now) for chat in self._cooling}
        self.wake()

    async def run(self) -> None:
        """Send until cancelled; outlives a database that is away."""
        delay = 0.1
        while True:
            try:
                await self._step()
                delay = 0.1
            except DatabaseError:
                log.warning("send.database_unavailable", exc_info=True)
                self._is_pending = True
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)
                continue
            if self._is_stopping and not self._in_flight and not self._verdicts:
                self._settled.set()
            wait = self._seconds_to_wait()
            if wait > 0:
                try:
                    # Not wait_for, which on Python 3.11 swallows a cancellation that comes with the wake-up.
                    async with asyncio.timeout(wait):
                        await self._wake.wait()
                except TimeoutError:
                    self._is_pending = True

    async def drain(self, seconds: float) -> None:
        """Take nothing more, wait at most `seconds` for what has left, and write its outcome down.

        What is posted and not sent yet stays in the outbox for whoever comes next.
        """
        self._is_stopping = True
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), seconds)

    async def abandon(self) -> None:
        """Let go of what is in flight, and write down what is known; whoever comes next decides about the rest."""
        self._is_stopping = True
        tasks = list(self._in_flight.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(DatabaseError):
            await self._step()

    async def _step(self) -> None:
        """Write outcomes down and take the next messages, in one transaction."""
        self._wake.clear()
        now = clock.monotonic()
        self._cooling = {chat: until for chat, until in self._cooling.items() if until > now}
        is_due = bool(self._verdicts) and (now >= self._write_by or self._is_stopping)
        # Written down, an outcome frees its chat for what was passed over.
        self._is_pending |= is_due
        bulk_slots = 0
        slots = self._slots(now)
        if not is_due and slots <= 0:
            return
        verdicts, self._verdicts = self._verdicts, []
        self._write_by = math.inf
        if slots > 0:
            bulk_slots = min(slots, self._pacer.bulk_room(now, ahead=_AHEAD))
            # What is posted from now on may be too late for this look.
            self._is_pending = False
        try:
            messages, files, troubled = await aio.run_in_bot(
                self._hand.bot_id,
                _mark_and_take,
                hand=self._hand,
                verdicts=verdicts,
                busy=[*self._in_flight, *self._cooling],
                slots=max(slots, 0),
                bulk_slots=max(bulk_slots, 0),
            )
        except BaseException:
            # The outcomes are known and must not be lost with the connection.
            self._verdicts = verdicts + self._verdicts
            self._write_by = -math.inf
            self._is_pending = True
            raise
        if messages and len(messages) == slots and not messages[-1].is_bulk:
            self._is_pending = True
        if bulk_slots > 0:
            bulk = sum(message.is_bulk for message in messages)
            self._has_bulk = bulk == bulk_slots
        if self.on_trouble is not None:
            for broadcast_id in troubled:
                self.on_trouble(broadcast_id)
        self._let_go(messages, files)

    def _let_go(self, messages: Sequence[Outgoing], files: Mapping[UUID, MediaFile]) -> None:
        """Send each as soon as the pace allows, in this order."""
        now = clock.monotonic()
        for message in messages:
            ready = self._pacer.ready_at(message.chat_id, now)
            if message.is_bulk:
                ready = max(ready, self._pacer.bulk_ready_at(now))
            self._pacer.take(message.chat_id, ready, is_bulk=message.is_bulk)
            self._in_flight[message.chat_id] = asyncio.create_task(self._send(message, files, at=ready))

    def _slots(self, now: float) -> int:
        """How many messages are to be taken."""
        if self._is_stopping or not (self._is_pending or self._is_bulk_due(now)):
            return 0
        return min(self._most_in_flight - len(self._in_flight), self._pacer.room(now, ahead=_AHEAD))

    def _is_bulk_due(self, now: float) -> bool:
        """Whether a whole portion of broadcasts may leave soon."""
        if not self._has_bulk or self._most_in_flight - len(self._in_flight) < self._portion:
            return False
        return self._pacer.bulk_ready_at(now, count=self._portion) <= now + _AHEAD

    @property
    def _portion(self) -> int:
        """So many messages of broadcasts are taken at once, where there are so many."""
        rate = self.rate
        most = max(1, self._most_in_flight // 3)
        return most if rate is None else max(1, min(most, round(rate * _BULK_SECONDS)))

    def _seconds_to_wait(self) -> float:
        if self._wake.is_set():
            return 0.0
        now = clock.monotonic()
        waits = [until - now for until in self._cooling.values()]
        if self._verdicts:
            waits.append(self._write_by - now)
            if self._is_stopping:
                return 0.0
        free = self._most_in_flight - len(self._in_flight)
        if self._is_pending and free > 0:
            waits.append(self._pacer.ready_at(0, now) - now - _AHEAD + _TOGETHER)
        if self._has_bulk and free >= self._portion:
            waits.append(self._pacer.bulk_ready_at(now, count=self._portion) - now - _AHEAD)
        return max(0.001, min([SWEEP_SECONDS, *waits]))

    async def _wait_for_turn(self, message: Outgoing, at: float) -> None:
        while True:
            left = max(at, self._pacer.barred_until(message.chat_id)) - clock.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(left)

    async def _send(self, message: Outgoing, files: Mapping[UUID, MediaFile], *, at: float) -> None:
        verdict: Verdict | None = None
        started = at
        try:
            try:
                await self._wait_for_turn(message, at)
            except asyncio.CancelledError:
                # It has not left: whoever comes next sends it.
                verdict = Verdict(Outcome(message.id, "pending"))
                raise
            started = clock.monotonic()
            verdict = too_late(message, files, now=clock.now())
            if verdict is None:
                sent = await self._client.send(message.method, with_files(message.params, files))
                file_ids = file_ids_of(message.params, files, sent.result)
                verdict = Verdict(
                    Outcome(message.id, "sent", telegram_message_id=sent.message_id, file_ids=file_ids)
                )
        except Exception as error:  # noqa: BLE001 - whatever it was has a kind, and the message an outcome
            failure = classify(error)
            verdict = judge(message, failure, now=clock.now())
            log.warning(
                "send.failed",
                bot=self._vitals.slug,
                kind=failure.kind.value,
                state=verdict.outcome.state,
                attempts=message.attempts,
                correlation=message.correlation_id,
            )
        finally:
            self._pacer.answered(clock.monotonic())
            del self._in_flight[message.chat_id]
            if not message.is_bulk:
                # The next message of this chat was passed over while this one was out.
                self._is_pending = True
            if verdict is not None:
                self._note(message, verdict, clock.monotonic() - started)
            self._wake.set()

    def _note(self, message: Outgoing, verdict: Verdict, seconds: float) -> None:
        now = clock.monotonic()
        self._verdicts.append((message, verdict))
        patience = _BULK_SECONDS if message.is_bulk else 0.0
        self._write_by = min(self._write_by, now + patience)
        if verdict.silence:
            self._pacer.punish(message.chat_id, verdict.silence, now)
        if verdict.is_token_revoked:
            self._on_revoked()
        ready = self._pacer.chat_ready_at(message.chat_id, now)
        if verdict.outcome.not_before is not None:
            # Looked for again when it is due: a chat with many that wait would hide all other chats until then.
            ready = max(ready, now + (verdict.outcome.not_before - clock.now()).total_seconds())
        if ready > now:
            self._cooling[message.chat_id] = ready
        state = verdict.outcome.state
        metrics.outbound_total.labels(self._vitals.slug, "retry" if state == "pending" else state).inc()
        self._vitals.count(f"outbound_{state}", seconds)
        if state == "sent":
            log.info(
                "message.sent",
                bot=self._vitals.slug,
                correlation=message.correlation_id,
                ms=round(seconds * 1000),
            )


def _mark_and_take(
    *,
    hand: Hand,
    verdicts: Sequence[tuple[Outgoing, Verdict]],
    busy: Sequence[int],
    slots: int,
    bulk_slots: int,
) -> tuple[list[Outgoing], Mapping[UUID, MediaFile], list[UUID]]:
    troubled: list[UUID] = []
    if verdicts:
        # Before anything of the outbox is locked, as whoever pauses a broadcast does.
        stopped = stopped_meanwhile(
            bot_id=hand.bot_id,
            keys=[
                message.key
                for message, verdict in verdicts
                if message.is_bulk and verdict.outcome.state == "pending"
            ],
        )
        mark(hand=hand, outcomes=[verdict.outcome for _, verdict in verdicts])
        for message, verdict in verdicts:
            if verdict.is_person_gone:
                set_active(bot_id=hand.bot_id, telegram_id=message.chat_id, is_active=False)
            if verdict.outcome.file_ids:
                note_file_ids(bot_id=hand.bot_id, file_ids=verdict.outcome.file_ids)
        of_broadcasts = [
            (message.key, verdict.outcome.state) for message, verdict in verdicts if message.is_bulk
        ]
        if of_broadcasts:
            troubled = settle_recipients(bot_id=hand.bot_id, outcomes=of_broadcasts, stopped=stopped)
    messages = outgoing(hand=hand, busy=busy, slots=slots, bulk_slots=bulk_slots) if slots > 0 else []
    named = {media_id for message in messages for media_id in files_in(message.params).values()}
    return messages, media_files(bot_id=hand.bot_id, ids=named), troubled
