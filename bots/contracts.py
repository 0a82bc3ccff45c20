"""What other rooms know of a bot: frozen, and safe to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BotRef:
    """Which bot is meant."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model that a bot speaks with, the installation's defaults filled in.

    `timeout` in seconds, prices in USD per million tokens.
    """

    provider: str
    name: str
    fallback_name: str
    base_url: str
    key: str = field(repr=False)
    temperature: float | None
    max_tokens: int
    timeout: float
    input_price: float
    output_price: float


@dataclass(frozen=True, slots=True)
class BotSettings:
    """All that the runtime needs to run a bot; `burst_wait` in seconds, a pace of None is no limit.

    What it starts by itself: `proactive_off` are the kinds that it does not, the hours are those of the person's
    day, or of `timezone` where theirs is not known. Budgets are USD a UTC day, None is no limit.
    """

    id: UUID
    slug: str
    name: str
    token: str = field(repr=False)
    api_url: str
    language: str
    persona_id: UUID | None
    generation: int
    burst_wait: float
    sends_per_second: float | None
    chat_sends_per_second: float | None
    model: ModelChoice
    owner_telegram_id: int | None
    admin_telegram_ids: tuple[int, ...]
    config: Mapping[str, Any]
    timezone: str
    proactive_off: frozenset[str]
    proactive_a_day: int
    proactive_from: int
    proactive_until: int
    daily_budget_usd: float | None
    rotation_budget_usd: float | None
    platform_url: str

    @property
    def ref(self) -> BotRef:
        return BotRef(id=self.id, slug=self.slug, name=self.name)


class WantedBot(NamedTuple):
    """What people want of one bot; a higher generation asks for a fresh start."""

    id: UUID
    slug: str
    wanted_state: str
    generation: int
    has_own_process: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a bot until the lease ends; a later holder has a higher epoch."""

    bot_id: UUID
    holder: str
    epoch: int


@dataclass(frozen=True, slots=True)
class BotOverview:
    """One line of the table of all bots: what is wanted of it and what was seen of it."""

    id: UUID
    slug: str
    name: str
    username: str
    wanted: str
    state: str
    state_since: datetime | None
    last_poll_at: datetime | None
    last_update_at: datetime | None
    restarts: int
    # Open inbound rows; None where nobody counted them.
    backlog: int | None
    error: str
    lease_holder: str
    lease_until: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class BotHealth:
    """Whether a bot does what is wanted of it; `reason` is empty when it does."""

    slug: str
    wanted: str
    state: str
    last_poll_at: datetime | None
    reason: str

    @property
    def is_well(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class MetricSample:
    """What one figure of one bot came to over the last few seconds in one process."""

    bot_id: UUID
    name: str
    at: datetime
    count: int
    total: float
    largest: float


@dataclass(frozen=True, slots=True)
class WaitingAlert:
    """An alert of which nobody was told yet; without a bot it concerns the installation."""

    id: UUID
    bot_id: UUID | None
    kind: str
    subject: str
    detail: str
    # How often so far, and how often since it was told of before this row.
    count: int
    swallowed: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Voice:
    """A bot through which staff may be told something, and the Telegram ids of those whom it is told.

    People are the same only where bots live on the same Bot API server: elsewhere an id is somebody else's.
    """

    bot_id: UUID
    name: str
    language: str
    timezone: str
    server: str
    wanted: str
    state: str
    people: tuple[int, ...]


class PublishedPrompt(NamedTuple):
    """The wording of a prompt that is in force."""

    body: str
    version_id: UUID
