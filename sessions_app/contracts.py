"""What crosses the walls of this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from mailbox.contracts import Hand, Job
from profiles.contracts import Person, Sighting


@dataclass(frozen=True, slots=True)
class Words:
    """One message of a person as it came, and the inbound row that it came with."""

    inbound_id: UUID
    text: str
    telegram_message_id: int | None


@dataclass(frozen=True, slots=True)
class Tap:
    """A button that was tapped: its data, the query that Telegram waits to have answered, and where it stood."""

    query_id: str
    data: str
    telegram_message_id: int | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The session that a conversation is in."""

    id: UUID
    kind: str
    state: str
    patterns: Sequence[str]
    core_issue: str
    question_count: int
    data: Mapping[str, object]
    started_at: datetime
    last_error: str


@dataclass(frozen=True, slots=True)
class Arriving:
    """Somebody comes in through a private chat."""

    chat_id: int
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who came in, and what they come back to."""

    person: Person
    conversation_id: UUID
    session: OpenSession | None
    # What their next words are an answer to, "" for nothing.
    awaits: str = ""
    # Who answers them: "" the bot, "human" a person of the team, "drafts" the bot once a person agrees.
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One act of one person in one private chat, with all that a handler may want to know; never changed."""

    hand: Hand
    bot_slug: str
    chat_id: int
    sighting: Sighting
    person: Person
    conversation_id: UUID
    session: OpenSession | None
    words: tuple[Words, ...]
    tap: Tap | None = None
    # The rows that are settled when this visit is answered; the last one names it.
    inbound_ids: tuple[UUID, ...] = ()
    awaits: str = ""
    mode: str = ""

    @property
    def bot_id(self) -> UUID:
        return self.hand.bot_id

    @property
    def language(self) -> str:
        return self.person.language

    @property
    def cause(self) -> UUID:
        """The inbound row that names this visit: keys of what it leads to are made from it."""
        return self.inbound_ids[-1]

    @property
    def correlation_id(self) -> str:
        return str(self.cause)

    @property
    def is_in_distress(self) -> bool:
        """Whether there was a sign of crisis in the session at hand: nothing is offered to them then."""
        at_hand = self.session
        return at_hand is not None and (at_hand.state == "paused" or at_hand.data.get("gently") is True)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: a label, and the data that comes back when it is tapped (64 bytes at most).

    With a `url` it opens that instead.
    """

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One message that the bot says: Telegram HTML, rows of buttons; under a picture or a file where there is one."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    # The ids of files in the mailbox.
    photo: UUID | None = None
    document: UUID | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Words of a turn to be kept, in the session they were said in."""

    conversation_id: UUID
    session_id: UUID
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What an answer cost: who gave it, tokens, millionths of a USD, milliseconds."""

    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_micros: int = 0
    latency_ms: int | None = None
    prompt_version_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """The answer of a turn to be kept and sent: its text, what it cost, and the code of what went wrong, if so.

    `data` replaces the session's data; `jobs` are assigned with it.
    """

    visit: Visit
    session_id: UUID
    text: str
    lines: tuple[Line, ...]
    cost: Cost = field(default_factory=Cost)
    error: str = ""
    data: Mapping[str, object] | None = None
    jobs: tuple[Job, ...] = ()
