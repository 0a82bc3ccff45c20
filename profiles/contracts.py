"""What crosses the walls of this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from profiles.differences import Change


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did. `id` is that of the inbound row, so that it is logged once."""

    id: UUID
    kind: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody did something: who it was, as Telegram tells it, and what."""

    telegram_id: int
    first_name: str
    last_name: str
    username: str
    language: str
    acts: tuple[Act, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person when they write: enough to greet, to judge, and to frame a prompt."""

    id: UUID
    telegram_id: int
    language: str
    first_name: str
    gender: str
    age: int | None
    psychological_summary: str
    metaphysical_profile: Mapping[str, object]
    streams: Sequence[str]
    journey_stage: str
    consented_at: datetime | None
    is_underage: bool
    profile_updated_at: datetime | None = None
    # When Telegram was last asked about them.
    looked_up_at: datetime | None = None
    paused_at: datetime | None = None
    # Since when staff have the bot ignore them.
    blocked_at: datetime | None = None

    @property
    def has_consented(self) -> bool:
        return self.consented_at is not None


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found out about a person, with their own sentence where there is one."""

    kind: str
    value: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One line of what is known of a person, as it is shown to them."""

    id: UUID
    kind: str
    value: str
    sentence: str
    origin: str


@dataclass(frozen=True, slots=True)
class FindingsKept:
    """What became of findings: new ones, and those that made no sense. `age` is the age that the person told."""

    new: int
    refused: int
    age: int | None


@dataclass(frozen=True, slots=True)
class NewPortrait:
    """A person as a model sees them now; streams by slug. An empty summary keeps the old one."""

    summary: str
    streams: tuple[str, ...]
    what_changed: str
    interests: tuple[str, ...] = ()
    chat_style: str = ""
    personality: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """What Telegram says of a person; parts of a birthday may be missing, and none of it need make sense.

    Bio and picture are None where it said nothing at all of them, "" where there are none.
    """

    bio: str | None = ""
    photo_id: str | None = ""
    photo_file_id: str = ""
    birth_day: int | None = None
    birth_month: int | None = None
    birth_year: int | None = None
    channel_id: int | None = None
    channel_title: str = ""


@dataclass(frozen=True, slots=True)
class StreamOffer:
    """A programme on offer, in one language."""

    slug: str
    name: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a person's summary, and how it came from the one before. `author` is staff, "" for a model."""

    id: UUID
    number: int
    summary: str
    streams: tuple[str, ...]
    what_changed: str
    origin: str
    author: str
    created_at: datetime
    changes: tuple[Change, ...]
    streams_added: tuple[str, ...]
    streams_removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlatformTarget:
    """Where a link to the platform leads; `url` is "" where there is nothing yet. `language` is its person's."""

    url: str
    language: str


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel that is a person's own."""

    channel_id: int
    title: str
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post in a channel of a person's own."""

    channel_id: int
    text: str
    posted_at: datetime
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelsOf:
    """The channels of a person, and the newest posts in them."""

    channels: tuple[ChannelLine, ...]
    posts: tuple[PostLine, ...]


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """What a person agreed to, and until when."""

    terms: str
    language: str
    given_at: datetime
    withdrawn_at: datetime | None
