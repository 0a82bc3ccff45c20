"""One bot at work: its lease, its client, its poller, dispatcher and sender, until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable
from uuid import UUID

import structlog
from django.conf import settings as django_settings
from django.db import Error as DatabaseError

from bots.contracts import BotSettings, Lease
from bots.models import ObservedState
from bots.selectors.get_bot_settings import get_bot_settings
from bots.services.acquire_lease import acquire_lease
from bots.services.release_lease import release_lease
from core import aio
from core.clock import clock
from core.errors import AppError
from llm.breaker import Breaker
from llm.model import Model
from mailbox.contracts import Hand
from mailbox.services.deliver import recover
from runtime.companions import make_companion
from runtime.contracts import Deaf, LoopDied, Order, TokenRevoked
from runtime.delivery.pacing import Pacer
from runtime.delivery.releaser import Releaser
from runtime.delivery.sender import Sender
from runtime.dispatch.act import Desk
from runtime.dispatch.dispatcher import Dispatcher
from runtime.dispatch.gate import Gate
from runtime.dispatch.places import Places
from runtime.dispatch.throttle import Throttle
from runtime.dispatch.turns import Turns
from runtime.ingest.hearing import Hearing
from runtime.ingest.poller import Poller
from runtime.introduction import introduce
from runtime.paces import act_pace, send_limits
from runtime.state_book import StateBook
from runtime.vitals import Vitals
from sessions_app.conversation import Conversation
from telegram_client.client import TelegramClient
from telegram_client.errors import TokenRefused

log = structlog.get_logger(__name__)

# So many falls in so many seconds are a crash loop, which nobody but a person ends.
CRASHES = 5
CRASH_WINDOW = 120.0


class BotRunner:
    """Keeps one bot running until it is stopped; whatever happens inside reaches no other bot."""

    def __init__(self, *, order: Order, holder: str, conversation: Conversation, gate: Gate) -> None:
        self.order = order
        self.vitals = Vitals(bot_id=order.bot_id, slug=str(order.bot_id))
        self.lease: Lease | None = None
        # Outlives a fresh start of the bot: whether its model can be reached has nothing to do with Telegram.
        self.breaker = Breaker()
        self.places = Places()
        self._holder = holder
        self._conversation = conversation
        self._gate = gate
        self._book = StateBook(vitals=self.vitals, generation=order.generation)
        self._falls: deque[float] = deque(maxlen=CRASHES)
        self._desk: Desk | None = None
        self._dispatcher: Dispatcher | None = None
        self._sender: Sender | None = None
        self._releaser: Releaser | None = None
        self._hearing: Hearing | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._retired: list[Model] = []
        self._revoked = asyncio.Event()
        self._lost = asyncio.Event()
        self._task = asyncio.create_task(self._live())

    @property
    def bot_id(self) -> UUID:
        return self.order.bot_id

    @property
    def desk(self) -> Desk | None:
        """The bot at work; None while it is not."""
        return self._desk

    async def stop(self, *, seconds: float) -> None:
        """Hear no more, finish what is in hand for at most `seconds`, give the bot back."""
        if self._hearing is not None:
            self._hearing.stop()
        if self._dispatcher is not None:
            await self._dispatcher.drain(seconds)
        if self._sender is not None:
            await self._sender.drain(seconds)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._book.observe(ObservedState.STOPPED)
        await self._book.close(seconds=2.0)

    def follow(self, order: Order) -> None:
        """A new order for the same generation: look at the settings again, pause or go on."""
        is_refresh = order.revision != self.order.revision
        self.order = order
        if self._dispatcher is not None:
            self._dispatcher.is_paused = order.is_paused
            self._dispatcher.wake()
        if self._book.state in (ObservedState.RUNNING, ObservedState.PAUSED):
            self._book.observe(self._running_state())
        if is_refresh and self._desk is not None:
            self._refreshing = asyncio.create_task(self._refresh(self._desk))

    def mail_came(self) -> None:
        """Another process put something into one of the queues."""
        if self._dispatcher is not None:
            self._dispatcher.wake()
        if self._sender is not None:
            self._sender.wake()
        if self._releaser is not None:
            self._releaser.wake()

    def lose_lease(self) -> None:
        """Somebody else may hold the bot now: let go of everything at once."""
        self._lost.set()

    async def _live(self) -> None:
        while True:
            try:
                await self._serve()
            except (TokenRevoked, TokenRefused) as error:
                self._book.observe(ObservedState.TOKEN_REVOKED, error.message)
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
        if len(self._falls) == CRASHES and now - self._falls[0] < CRASH_WINDOW:
            self._book.observe(ObservedState.CRASHED, said, restarts=1)
            return False
        if not isinstance(error, Deaf):
            self._book.observe(ObservedState.BACKING_OFF, said, restarts=1)
        await asyncio.sleep(min(0.5 * 2 ** len(self._falls), 20.0) * random.uniform(0.7, 1.0))  # noqa: S311
        return True

    async def _serve(self) -> None:
        """From the lease to a fall or a cancellation."""
        self.lease = await self._acquire()
        self._book.epoch = self.lease.epoch
        self._lost.clear()
        self._revoked.clear()
        client: TelegramClient | None = None
        try:
            settings = await aio.run(get_bot_settings, self.bot_id)
            self.vitals.slug = settings.slug
            if self._book.state != ObservedState.DEAF:
                self._book.observe(ObservedState.STARTING)
            client = TelegramClient(settings.token, settings.api_url, connections=64)
            await client.start()
            await self._work(settings, client, Hand(self.bot_id, self.lease.epoch))
        finally:
            self._desk = self._dispatcher = self._sender = self._releaser = self._hearing = None
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
            pacer=Pacer(send_limits(settings)),
            vitals=self.vitals,
            on_revoked=self._revoked.set,
        )
        releaser = self._releaser = Releaser(
            bot_id=self.bot_id,
            rate=lambda: sender.rate,
            on_released=sender.wake,
            on_paid=sender.go_paid,
        )
        sender.on_trouble = releaser.note_trouble
        desk = self._desk = Desk(
            hand=hand,
            settings=settings,
            companion=await make_companion(
                settings=settings, vitals=self.vitals, breaker=self.breaker, place=self.places.taken
            ),
            client=client,
            conversation=self._conversation,
            sender=sender,
            vitals=self.vitals,
            throttle=Throttle(*act_pace(settings)),
        )
        dispatcher = self._dispatcher = Dispatcher(
            hand=hand,
            gate=self._gate,
            burst_wait=lambda: desk.settings.burst_wait,
            turns=Turns(desk),
            places=self.places,
        )
        dispatcher.is_paused = self.order.is_paused
        desk.queue = dispatcher
        hearing = self._hearing = Hearing(
            client=client,
            vitals=self.vitals,
            limit=2.0 * django_settings.POLL_TIMEOUT,
            make_poller=lambda: Poller(
                bot_id=self.bot_id,
                client=client,
                vitals=self.vitals,
                timeout=django_settings.POLL_TIMEOUT,
                burst_wait=lambda: desk.settings.burst_wait,
                on_accepted=dispatcher.heard,
                on_state=self._on_poll,
            ),
            on_deaf=lambda: self._book.observe(
                ObservedState.DEAF, self._book.reason or "no answer from Telegram"
            ),
        )
        tasks = {
            asyncio.create_task(dispatcher.run(), name="dispatcher"),
            asyncio.create_task(sender.run(), name="sender"),
            asyncio.create_task(releaser.run(), name="releaser"),
            asyncio.create_task(hearing.run(), name="poller"),
            asyncio.create_task(introduce(desk), name="introduction"),
            asyncio.create_task(self._fail_when(self._revoked, TokenRevoked), name="revocation"),
            asyncio.create_task(self._fail_when(self._lost, lambda: LoopDied("lease")), name="lease"),
        }
        try:
            await self._until_one_fails(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(dispatcher.abandon(), sender.abandon(), return_exceptions=True)
            for model in (desk.companion.model, *self._retired):
                await model.aclose()
            self._retired.clear()

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

    async def _refresh(self, desk: Desk) -> None:
        """Take new settings over between two turns, without a restart; the model stays if nothing of it changed."""
        try:
            settings = await aio.run(get_bot_settings, self.bot_id)
            kept = desk.companion.model if settings.model == desk.settings.model else None
            if kept is None:
                self.breaker = Breaker()
            companion = await make_companion(
                settings=settings,
                vitals=self.vitals,
                breaker=self.breaker,
                place=self.places.taken,
                model=kept,
            )
        except (DatabaseError, AppError):
            log.warning("bot.refresh_failed", bot=self.vitals.slug, exc_info=True)
            return
        if kept is None:
            # Turns under way may still be asking it.
            self._retired.append(desk.companion.model)
        desk.settings, desk.companion = settings, companion
        desk.throttle.keep_to(*act_pace(settings))
        if self._sender is not None:
            self._sender.keep_to(send_limits(settings))

    def _on_poll(self, state: str, reason: str) -> None:
        if state == ObservedState.RUNNING:
            self._book.observe(self._running_state())
        else:
            # Deaf stays deaf until a poll succeeds; only the reason may change.
            is_deaf = self._book.state == ObservedState.DEAF
            self._book.observe(ObservedState.DEAF if is_deaf else state, reason)

    def _running_state(self) -> str:
        return ObservedState.PAUSED if self.order.is_paused else ObservedState.RUNNING
