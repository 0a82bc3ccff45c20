"""One bot at work: its lease, its client, its poller, dispatcher and sender, and the state that staff see."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.conf import settings as django_settings
from django.db import Error as DatabaseError

from bots.contracts import BotSettings, Lease, PublishedPrompt
from bots.models import ObservedState
from bots.selectors.get_bot_settings import get_bot_settings
from bots.selectors.published_prompt import published_prompts
from bots.services.acquire_lease import acquire_lease
from bots.services.observe_state import observe_state
from bots.services.record_identity import record_identity
from bots.services.release_lease import release_lease
from core import aio, metrics
from core.clock import clock
from core.errors import AppError
from mailbox.contracts import Claimed, Hand
from mailbox.services.deliver import recover
from mailbox.services.settle import bury
from runtime.bot_commands import command_lists
from runtime.companions import build_companion
from runtime.contracts import Deaf, LoopDied, Order, TokenRevoked
from runtime.delivery.pacing import Pace, PaceLimits, Pacer
from runtime.delivery.sender import Sender
from runtime.dispatch.act import Act, Desk
from runtime.dispatch.chain import walk
from runtime.dispatch.dispatcher import Dispatcher
from runtime.dispatch.gate import Gate
from runtime.dispatch.heard import Heard, Unreadable, read_update
from runtime.dispatch.middleware.recognise import recognise_act
from runtime.dispatch.throttle import ACTS_PER_SECOND, MOST_ACTS, Throttle
from runtime.ingest.poller import Poller
from runtime.vitals import Vitals
from sessions_app.conversation import Conversation
from sessions_app.services.note_failure import note_failure
from telegram_client.client import TelegramClient
from telegram_client.errors import TokenRefused
from telegram_client.failures import FailureKind, classify

log = structlog.get_logger(__name__)

# So many falls in so many seconds are a crash loop, which nobody but a person ends.
CRASHES = 5
CRASH_WINDOW = 120.0
_STATES = tuple(ObservedState.values)


class BotRunner:
    """Keeps one bot running until it is stopped; whatever happens inside reaches no other bot."""

    def __init__(self, *, order: Order, holder: str, conversation: Conversation, gate: Gate) -> None:
        self.order = order
        self.vitals = Vitals(bot_id=order.bot_id, slug=str(order.bot_id))
        self.lease: Lease | None = None
        self._holder = holder
        self._conversation = conversation
        self._gate = gate
        self._state = ""
        self._reason = ""
        self._falls: deque[float] = deque(maxlen=CRASHES)
        self._restarts = 0
        self._desk: Desk | None = None
        self._dispatcher: Dispatcher | None = None
        self._sender: Sender | None = None
        self._poller_task: asyncio.Task[None] | None = None
        self._revoked = asyncio.Event()
        self._lost = asyncio.Event()
        # Of the newest lease: what is seen without one, or once somebody else holds the bot, is not ours to tell.
        self._epoch: int | None = None
        self._states: asyncio.Queue[tuple[str, str, int, int | None]] = asyncio.Queue()
        self._task = asyncio.create_task(self._live())
        self._state_task = asyncio.create_task(self._write_states())

    @property
    def bot_id(self) -> UUID:
        return self.order.bot_id

    @property
    def is_deaf(self) -> bool:
        return self._state == ObservedState.DEAF

    async def stop(self, *, seconds: float, state: str = ObservedState.STOPPED) -> None:
        """Hear no more, finish what is in hand for at most `seconds`, give the bot back."""
        if self._poller_task is not None:
            self._poller_task.cancel()
        if self._dispatcher is not None:
            await self._dispatcher.drain(seconds)
        if self._sender is not None:
            await self._sender.drain(seconds)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._observe(state, "")
        self._states.put_nowait(("", "", 0, None))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(self._state_task, return_exceptions=True), 2.0)
        self._state_task.cancel()

    def follow(self, order: Order) -> None:
        """A new order for the same generation: look at the settings again, pause or go on."""
        is_refresh = order.revision != self.order.revision
        self.order = order
        if self._dispatcher is not None:
            self._dispatcher.is_paused = order.is_paused
            self._dispatcher.wake()
        if self._state in (ObservedState.RUNNING, ObservedState.PAUSED):
            self._observe(self._running_state(), "")
        if is_refresh and self._desk is not None:
            self._refreshing = asyncio.create_task(self._refresh(self._desk))

    def mail_came(self) -> None:
        """Another process put something into one of the queues."""
        if self._dispatcher is not None:
            self._dispatcher.wake()
        if self._sender is not None:
            self._sender.wake()

    def lose_lease(self) -> None:
        """Somebody else may hold the bot now: let go of everything at once."""
        self._lost.set()

    async def _live(self) -> None:
        while True:
            try:
                await self._serve()
            except (TokenRevoked, TokenRefused) as error:
                self._observe(ObservedState.TOKEN_REVOKED, error.message)
                return
            except Exception as error:  # noqa: BLE001 - the loop that must not die
                if not await self._fell(error):
                    return

    async def _fell(self, error: Exception) -> bool:
        """Decide after a fall: up again after a while, or a crash loop, which ends here."""
        if isinstance(error, AppError) and error.code == "bots.unknown":
            return False
        now = clock.monotonic()
        said = error.message or error.code if isinstance(error, AppError) else type(error).__name__
        log.error("bot.fell", bot=self.vitals.slug, exc_info=error)
        if isinstance(error, DatabaseError):
            # Not the bot's fault, and gone when the database is back.
            await asyncio.sleep(random.uniform(0.2, 0.6))  # noqa: S311 - jitter
            return True
        self._falls.append(now)
        self._restarts += 1
        if len(self._falls) == CRASHES and now - self._falls[0] < CRASH_WINDOW:
            self._observe(ObservedState.CRASHED, said, restarts=1)
            return False
        if not isinstance(error, Deaf):
            self._observe(ObservedState.BACKING_OFF, said, restarts=1)
        await asyncio.sleep(min(0.5 * 2 ** len(self._falls), 20.0) * random.uniform(0.7, 1.0))  # noqa: S311
        return True

    async def _serve(self) -> None:
        """From the lease to a fall or a cancellation."""
        self.lease = await self._acquire()
        self._epoch = self.lease.epoch
        self._lost.clear()
        self._revoked.clear()
        client: TelegramClient | None = None
        try:
            settings = await aio.run(get_bot_settings, self.bot_id)
            self.vitals.slug = settings.slug
            if not self.is_deaf:
                self._observe(ObservedState.STARTING, "")
            client = TelegramClient(settings.token, settings.api_url, connections=64)
            await client.start()
            await self._work(settings, client, Hand(self.bot_id, self.lease.epoch))
        finally:
            self._desk = self._dispatcher = self._sender = None
            if client is not None:
                await client.close()
            await self._give_back()

    async def _acquire(self) -> Lease:
        while True:
            lease = await aio.run(
                acquire_lease, bot_id=self.bot_id, holder=self._holder, seconds=django_settings.LEASE_SECONDS
            )
            if lease is not None:
                return lease
            await asyncio.sleep(0.3)

    async def _give_back(self) -> None:
        lease, self.lease = self.lease, None
        if lease is not None:
            with contextlib.suppress(DatabaseError):
                await aio.run(release_lease, bot_id=self.bot_id, holder=lease.holder, epoch=lease.epoch)

    async def _work(self, settings: BotSettings, client: TelegramClient, hand: Hand) -> None:
        left = await aio.run_in_bot(self.bot_id, recover, hand=hand)
        if left:
            log.warning("send.recovered", bot=settings.slug, messages=left)
        sender = self._sender = Sender(
            hand=hand,
            client=client,
            pacer=Pacer(_limits(settings)),
            vitals=self.vitals,
            on_revoked=self._revoked.set,
        )
        desk = self._desk = Desk(
            hand=hand,
            settings=settings,
            companion=build_companion(
                settings=settings, prompts=await aio.run(_prompts, settings), vitals=self.vitals
            ),
            client=client,
            conversation=self._conversation,
            sender=sender,
            vitals=self.vitals,
            throttle=Throttle(*_act_pace(settings)),
        )
        dispatcher = self._dispatcher = Dispatcher(
            hand=hand,
            gate=self._gate,
            burst_wait=lambda: desk.settings.burst_wait,
            handle=self._handle,
            give_up=self._give_up,
        )
        dispatcher.is_paused = self.order.is_paused
        tasks = {
            asyncio.create_task(dispatcher.run(), name="dispatcher"),
            asyncio.create_task(sender.run(), name="sender"),
            asyncio.create_task(self._hear(settings, client, dispatcher), name="poller"),
            asyncio.create_task(self._introduce(desk), name="introduction"),
            asyncio.create_task(self._fail_when(self._revoked, TokenRevoked), name="revocation"),
            asyncio.create_task(self._fail_when(self._lost, lambda: LoopDied("lease")), name="lease"),
        }
        try:
            await self._until_one_fails(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, dispatcher.abandon(), sender.abandon(), return_exceptions=True)
            await desk.companion.model.aclose()

    async def _until_one_fails(self, tasks: set[asyncio.Task[None]]) -> None:
        pending = tasks
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
                if task.get_name() != "introduction":
                    raise LoopDied(task.get_name())

    async def _fail_when(self, event: asyncio.Event, error: Callable[[], AppError]) -> None:
        await event.wait()
        raise error()

    async def _hear(self, settings: BotSettings, client: TelegramClient, dispatcher: Dispatcher) -> None:
        """Poll, and watch that polling succeeds: a fresh poller first, then a fresh start of the whole bot."""
        with contextlib.suppress(Exception):
            # A webhook left behind would end every poll with 409; a server without webhooks may not know it.
            await client.send("deleteWebhook", {"drop_pending_updates": False}, timeout=5.0)
        limit = 2.0 * django_settings.POLL_TIMEOUT
        for is_last in (False, True):
            poller = Poller(
                bot_id=self.bot_id,
                client=client,
                vitals=self.vitals,
                timeout=django_settings.POLL_TIMEOUT,
                burst_wait=lambda: self._desk.settings.burst_wait if self._desk else settings.burst_wait,
                on_accepted=dispatcher.heard,
                on_state=self._on_poll,
            )
            self.vitals.polled = None
            self._poller_task = asyncio.create_task(poller.run())
            try:
                await self._watch(self._poller_task, limit)
            finally:
                self._poller_task.cancel()
                await asyncio.gather(self._poller_task, return_exceptions=True)
            self._observe(ObservedState.DEAF, self._reason or "no answer from Telegram")
            log.warning("bot.deaf", bot=settings.slug, is_last=is_last)
        raise Deaf

    async def _watch(self, poller: asyncio.Task[None], limit: float) -> None:
        """Return when no poll has succeeded for `limit` seconds; raise what ended the poller."""
        since = clock.monotonic()
        while True:
            await asyncio.wait({poller}, timeout=1.0)
            if poller.done():
                if poller.cancelled():
                    await asyncio.Event().wait()
                poller.result()
                raise LoopDied("poller")
            if clock.monotonic() - max(self.vitals.polled or since, since) > limit:
                return

    async def _introduce(self, desk: Desk) -> None:
        """Learn who Telegram says we are, and show our commands; whether or not the server knows how."""
        delay = 1.0
        while True:
            try:
                result = (await desk.client.send("getMe", {}, timeout=10.0)).result
                break
            except Exception as error:  # noqa: BLE001 - every failure has a kind
                if classify(error).kind is FailureKind.UNAUTHORIZED:
                    raise TokenRevoked from None
                await asyncio.sleep(delay)
                delay = min(delay * 2, 30.0)
        if isinstance(result, dict) and isinstance(result.get("id"), int):
            desk.telegram_id, desk.username = result["id"], str(result.get("username") or "")[:64]
            with contextlib.suppress(DatabaseError):
                await aio.run(
                    record_identity,
                    bot_id=self.bot_id,
                    telegram_id=desk.telegram_id,
                    username=desk.username,
                )
        for params in command_lists():
            with contextlib.suppress(Exception):
                await desk.client.send("setMyCommands", params, timeout=10.0)

    async def _refresh(self, desk: Desk) -> None:
        """Take new settings over between two turns, without a restart."""
        try:
            settings = await aio.run(get_bot_settings, self.bot_id)
            companion = build_companion(
                settings=settings, prompts=await aio.run(_prompts, settings), vitals=self.vitals
            )
        except (DatabaseError, AppError):
            log.warning("bot.refresh_failed", bot=self.vitals.slug, exc_info=True)
            return
        desk.settings, desk.companion = settings, companion
        desk.throttle.keep_to(*_act_pace(settings))
        if self._sender is not None:
            self._sender.keep_to(_limits(settings))

    async def _handle(self, rows: Sequence[Claimed]) -> None:
        desk = self._desk
        if desk is None:
            raise LoopDied("desk")
        read: list[tuple[Claimed, Heard]] = []
        for row in rows:
            try:
                read.append((row, read_update(row.payload, kind=row.kind, our_name=desk.username)))
            except Unreadable as error:
                log.warning(
                    "update.unreadable", bot=desk.settings.slug, why=error.message, size=len(row.payload)
                )
                await aio.run_in_bot(self.bot_id, bury, hand=desk.hand, ids=[row.id], reason=error.message)
        if read:
            await walk(Act(desk=desk, rows=[row for row, _ in read], updates=[heard for _, heard in read]))

    async def _give_up(self, rows: Sequence[Claimed], code: str) -> None:
        """Tell the person kindly that something of ours failed, and bury what it was."""
        desk = self._desk
        if desk is None:
            raise LoopDied("desk")
        heard = [read_update(row.payload, kind=row.kind, our_name=desk.username) for row in rows]

        async def apologise(act: Act) -> None:
            if act.visit is None:
                raise Unreadable("nobody to apologise to")
            await aio.run_in_bot(self.bot_id, note_failure, visit=act.visit, code=code)

        await recognise_act(Act(desk=desk, rows=rows, updates=heard), apologise)
        desk.sender.wake()

    def _on_poll(self, state: str, reason: str) -> None:
        if state == ObservedState.RUNNING:
            self._observe(self._running_state(), "")
        elif self._state != ObservedState.DEAF:
            self._observe(state, reason)
        else:
            self._reason = reason

    def _running_state(self) -> str:
        return ObservedState.PAUSED if self.order.is_paused else ObservedState.RUNNING

    def _observe(self, state: str, reason: str, *, restarts: int = 0) -> None:
        """Note a state; it is written down behind our back, and each change is one line of the log."""
        if (state, reason) == (self._state, self._reason) and not restarts:
            return
        if state != self._state:
            log.info("bot.state", bot=self.vitals.slug, state=str(state), was=self._state, reason=reason)
            metrics.show_bot_state(bot=self.vitals.slug, state=state, states=_STATES)
        self._state, self._reason = state, reason
        if self._epoch is not None:
            self._states.put_nowait((state, reason, restarts, self._epoch))

    async def _write_states(self) -> None:
        while True:
            state, reason, restarts, epoch = await self._states.get()
            if not state:
                return
            while True:
                try:
                    await aio.run(
                        observe_state,
                        bot_id=self.bot_id,
                        state=state,
                        error=reason,
                        epoch=epoch,
                        restarts_delta=restarts,
                        generation=self.order.generation,
                    )
                    break
                except DatabaseError:
                    await asyncio.sleep(0.5)
                except AppError:
                    break


def _prompts(settings: BotSettings) -> dict[tuple[str, str], PublishedPrompt]:
    return published_prompts(settings.persona_id) if settings.persona_id else {}


def _limits(settings: BotSettings) -> PaceLimits:
    bot, chat = settings.sends_per_second, settings.chat_sends_per_second
    return PaceLimits(
        # In any second at most the rate: a sixth of it at once, the rest refilled.
        bot=Pace(rate=bot * 5 / 6, burst=max(1, int(bot / 6))) if bot else None,
        private=Pace(rate=chat, burst=4) if chat else None,
        group=Pace(rate=16 / 60, burst=4) if chat else None,
    )


def _act_pace(settings: BotSettings) -> tuple[int, float]:
    """How many acts at once, and then a second, from what staff may have written by hand."""
    burst, per_second = settings.config.get("act_burst"), settings.config.get("acts_per_second")
    return (
        burst if type(burst) is int and burst > 0 else MOST_ACTS,
        float(per_second) if isinstance(per_second, int | float) and per_second > 0 else ACTS_PER_SECOND,
    )
