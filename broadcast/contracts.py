"""What crosses the walls of this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class By:
    """Who does something to a broadcast: a member of staff, a bot's admin in Telegram, or the product itself."""

    user_id: int | None = None
    telegram_id: int | None = None

    @property
    def is_nobody(self) -> bool:
        return self.user_id is None and self.telegram_id is None


ITSELF = By()


@dataclass(frozen=True, slots=True)
class Rules:
    """When a recipient may be written to. `quiet_from` equal to `quiet_until`: at any hour."""

    quiet_from: int
    quiet_until: int
    cap_a_day: int | None
    bot_timezone: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recipient whose turn has come, as they are now. `profile_id` is None for somebody who was erased.

    `lately` is when broadcasts were put into the outbox for them in the last day, the newest first.
    """

    recipient_id: UUID
    state: str
    variant: int | None
    tries: int
    profile_id: UUID | None
    telegram_id: int
    first_name: str
    language: str
    timezone: str
    journey_stage: str
    interested_stream: str
    created_at: datetime | None
    may: bool
    is_active: bool
    is_paused: bool
    in_distress: bool
    lately: Sequence[datetime]
    # Staff have the bot ignore them.
    is_barred: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to a candidate now: the recipient's next state, and why; until when it waits, or may be sent."""

    state: str
    reason: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as the Bot API takes it."""

    method: str
    params: Mapping[str, object]
    language: str


@dataclass(frozen=True, slots=True)
class Released:
    """What one look at a bot's broadcasts came to.

    `count` went into the outbox; `running` of them are being sent (with none there is nothing to look at before
    something changes); of those in `done`, with all their bots, nothing of this bot is outstanding any more. What is
    `unreadable` cannot go on as it is.
    """

    count: int = 0
    running: int = 0
    is_paid: bool = False
    done: tuple[tuple[UUID, tuple[UUID, ...]], ...] = ()
    unreadable: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a broadcast: where it leads, or what pressing it says in the conversation."""

    url: str
    said: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How a broadcast stands, over all of its bots or one of them."""

    total: int = 0
    spare: int = 0
    released: int = 0
    deferred: int = 0
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    unknown: int = 0
    held: int = 0
    control: int = 0
    erased: int = 0
    replied: int = 0
    clicked: int = 0
    deleted: int = 0
    first_sent_at: datetime | None = None
    last_sent_at: datetime | None = None

    @property
    def settled(self) -> int:
        """Of whom nothing more will come by itself."""
        return self.sent + self.blocked + self.failed + self.unknown + self.held + self.control + self.erased

    @property
    def waiting(self) -> int:
        return max(0, self.total - self.settled - self.spare - self.released - self.deferred)

    @property
    def outstanding(self) -> int:
        return self.waiting + self.deferred + self.released


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a broadcast would be, before it is started. `counts` by bot; `is_at_least`: counting took too long."""

    counts: Mapping[UUID, int] = field(default_factory=dict)
    is_at_least: bool = False
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return sum(self.counts.values())
