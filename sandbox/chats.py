"""A chat of one bot: who is in it, what was said, what may be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.errors import BotApiError, bad_request
from sandbox.people import Person

Message = dict[str, Any]
MOST_MESSAGES = 5_000


@dataclass(slots=True)
class Channel:
    """A channel. It numbers its posts itself: they are the same for every bot in it."""

    id: int
    title: str
    username: str | None
    owner_id: int
    last_message_id: int = 0

    def as_chat(self) -> dict[str, Any]:
        """The Bot API's Chat."""
        name = {"username": self.username} if self.username else {}
        return {"id": self.id, "title": self.title, **name, "type": "channel"}


class Chat:
    """Private when it has a person, else a group or a channel; messages in the order of their sending."""

    __slots__ = (
        "_messages",
        "channel",
        "departure",
        "id",
        "is_blocked",
        "is_started",
        "keyboard",
        "kind",
        "migrated_to",
        "most_messages",
        "person",
        "title",
    )

    def __init__(
        self,
        chat_id: int,
        *,
        person: Person | None = None,
        channel: Channel | None = None,
        kind: str = "private",
        title: str = "",
    ) -> None:
        self.id = chat_id
        self.person = person
        self.channel = channel
        self.kind = "channel" if channel else kind
        self.title = channel.title if channel else title
        # How the bot went out of a channel: "left", "kicked"; None while it is in.
        self.departure: str | None = None
        self.is_started = False
        self.is_blocked = False
        # The supergroup that a group has become.
        self.migrated_to: int | None = None
        # How many messages it remembers; None for the usual bound.
        self.most_messages: int | None = None
        self.keyboard: dict[str, Any] | None = None
        self._messages: dict[int, Message] = {}

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def is_group(self) -> bool:
        """Everything that is not a talk with one person."""
        return self.person is None

    @property
    def is_open(self) -> bool:
        """Is the bot in it?"""
        return self.is_started and not self.is_blocked and self.departure is None

    def as_chat(self) -> dict[str, Any]:
        """The Bot API's Chat."""
        if self.person is not None:
            return self.person.as_chat()
        if self.channel is not None:
            return self.channel.as_chat()
        return {"id": self.id, "title": self.title, "type": self.kind}

    def require_open(self) -> None:
        """Raises what Telegram answers a bot that may not write here."""
        if not self.is_started:
            raise bad_request("chat not found")
        if self.person is not None and not self.person.is_active:
            raise BotApiError(403, "Forbidden: user is deactivated")
        if self.departure is not None:
            reason = "was kicked from" if self.departure == "kicked" else "is not a member of"
            raise BotApiError(403, f"Forbidden: bot {reason} the channel chat")
        if self.is_blocked:
            reason = "bot was kicked from the group chat" if self.is_group else "bot was blocked by the user"
            raise BotApiError(403, f"Forbidden: {reason}")

    def keep(self, message: Message) -> None:
        """Add or replace a message; beyond the bound the oldest is forgotten."""
        self._messages[message["message_id"]] = message
        most = MOST_MESSAGES if self.most_messages is None else self.most_messages
        if len(self._messages) > most:
            self.forget(next(iter(self._messages)))

    def find(self, message_id: int) -> Message | None:
        """The message with this number."""
        return self._messages.get(message_id)

    def forget(self, message_id: int) -> Message | None:
        """Remove a message; None when there was none."""
        return self._messages.pop(message_id, None)

    def messages(self) -> Iterator[Message]:
        """All messages both ways, oldest first."""
        return iter(self._messages.values())

    def last(self) -> Message | None:
        """The newest message."""
        return self._messages[next(reversed(self._messages))] if self._messages else None


def author_id(message: Message) -> int | None:
    """Who wrote it; a message put in by hand may not say."""
    sender = message.get("from")
    return sender.get("id") if isinstance(sender, dict) else None


def words_of(message: Message) -> str:
    """Its text, or the caption of what it carries; "" for any other."""
    text = message.get("text", message.get("caption"))
    return text if isinstance(text, str) else ""
