"""What walks through the chain: one burst of one lane, and what became known of it on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bots.contracts import BotSettings
from core.clock import clock
from mailbox.contracts import Claimed, Hand
from runtime.dispatch.heard import Heard
from runtime.dispatch.throttle import Throttle
from runtime.vitals import Vitals
from sessions_app.companion import Companion
from sessions_app.contracts import Visit
from sessions_app.conversation import Conversation
from telegram_client.client import TelegramClient


class Waker(Protocol):
    """Whoever sends what is posted, or takes what is queued."""

    def wake(self) -> None: ...


@dataclass(slots=True)
class Desk:
    """One bot at work in this process: all that a handler may need of it."""

    hand: Hand
    settings: BotSettings
    companion: Companion
    client: TelegramClient
    conversation: Conversation
    sender: Waker
    vitals: Vitals
    throttle: Throttle
    # Whoever takes what stands in the queue, work of our own included; set once it is there.
    queue: Waker | None = None
    # Our own name and id as Telegram tells them, once it did.
    username: str = ""
    telegram_id: int | None = None


@dataclass(slots=True)
class Act:
    """One burst on its walk. `heard` is its last update; the texts of a burst lie in `visit.words`."""

    desk: Desk
    rows: Sequence[Claimed]
    updates: Sequence[Heard]
    started: float = field(default_factory=clock.monotonic)
    visit: Visit | None = None

    @property
    def heard(self) -> Heard:
        return self.updates[-1]


Handler = Callable[[Act], Awaitable[None]]
Middleware = Callable[[Act, Handler], Awaitable[None]]
