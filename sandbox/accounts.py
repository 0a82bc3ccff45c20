"""A bot of the sandbox: its token, its queue, its chats, and what was counted about it."""

from __future__ import annotations

import random
import re
import secrets
import string
from collections import Counter, deque
from typing import Any, NamedTuple

from core.clock import clock
from sandbox.chats import Chat, Message
from sandbox.errors import ControlError
from sandbox.journal import Journal
from sandbox.limits import Pace
from sandbox.update_queue import CALLBACK_LIFE, UpdateQueue

# Over all chats of a bot; beyond it the oldest message of any chat is forgotten.
MOST_MESSAGES = 200_000
MOST_FLOODS = 10_000
_SILENT_AFTER = 75.0  # seconds without a poll until a bot counts as gone
_TOKEN = re.compile(r"(\d{1,15}):[A-Za-z0-9_-]{3,}$")
_ALPHABET = string.ascii_letters + string.digits + "_-"


class PendingQuery(NamedTuple):
    """A tap that waits for its answer."""

    chat_id: int
    user_id: int
    expires_at: float


class Crowd(NamedTuple):
    """People with ids in a row who have started a bot; each is made when somebody has to do with them."""

    ids: range
    # What is told of each of them, as a message tells it.
    about: dict[str, Any]
    # How many messages the chat of each remembers; None for the usual bound.
    most_messages: int | None


class Flood(NamedTuple):
    """A call that was answered with 429; `at` is Unix time in seconds."""

    at: float
    method: str
    retry_after: int


class BotAccount:
    """One bot as Telegram's cloud knows it."""

    def __init__(self, *, token: str, name: str, username: str, queue: UpdateQueue | None = None) -> None:
        self.id = bot_id(token)
        self.token = token
        self.name = name
        self.username = username
        self.is_revoked = False
        self.queue = queue or UpdateQueue()
        self.chats: dict[int, Chat] = {}
        self.crowds: list[Crowd] = []
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {}
        self.queries: dict[str, PendingQuery] = {}
        self.journal = Journal()
        self.pace = Pace()
        self.calls: Counter[str] = Counter()
        self.errors: Counter[tuple[str, int]] = Counter()
        self.floods: deque[Flood] = deque(maxlen=MOST_FLOODS)
        self.last_poll_at: float | None = None
        self.last_message_id = 0
        self._remembered: deque[tuple[int, int]] = deque()

    def as_user(self) -> dict[str, Any]:
        """The Bot API's User, as it stands in messages."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    def next_message_id(self, chat: Chat) -> int:
        """Private chats and small groups share the bot's counter, a supergroup and a channel have their own."""
        if chat.channel is not None:
            chat.channel.last_message_id += 1
            return chat.channel.last_message_id
        if chat.kind == "supergroup":
            last = chat.last()
            return last["message_id"] + 1 if last else 1
        self.last_message_id += 1
        return self.last_message_id

    def keep(self, chat: Chat, message: Message) -> None:
        """Remember a new message in its chat, within the bound of the whole bot."""
        chat.keep(message)
        if chat.find(message["message_id"]) is None:
            return
        self._remembered.append((chat.id, message["message_id"]))
        if len(self._remembered) > MOST_MESSAGES:
            chat_id, message_id = self._remembered.popleft()
            self.chats[chat_id].forget(message_id)

    def crowd_of(self, person_id: int) -> Crowd | None:
        """The crowd that they belong to, the last one that was gathered first."""
        return next((crowd for crowd in reversed(self.crowds) if person_id in crowd.ids), None)

    def note_flood(self, method: str, retry_after: int) -> None:
        """The bot was too fast."""
        self.floods.append(Flood(clock.now().timestamp(), method, retry_after))

    def open_query(self, chat_id: int, user_id: int, query_id: str | None = None) -> str:
        """A fresh id for a tap that may be answered for a while."""
        now = clock.now().timestamp()
        # All live equally long, so the oldest stand in front.
        while self.queries and next(iter(self.queries.values())).expires_at <= now:
            del self.queries[next(iter(self.queries))]
        query_id = query_id or str(random.randrange(10**17, 10**19))  # noqa: S311
        self.queries[query_id] = PendingQuery(chat_id, user_id, now + CALLBACK_LIFE)
        return query_id

    def close_query(self, query_id: str) -> PendingQuery | None:
        """The tap behind this id, answered now; None when it is unknown, answered or too old."""
        query = self.queries.pop(query_id, None)
        return query if query and query.expires_at > clock.now().timestamp() else None

    def state(self) -> str:
        """What the chat page shows: revoked, webhook, listening, silent or new."""
        if self.is_revoked:
            return "revoked"
        if self.webhook.get("url"):
            return "webhook"
        if self.queue.polled:
            return "listening"
        if self.last_poll_at is None:
            return "new"
        return "silent" if clock.now().timestamp() - self.last_poll_at > _SILENT_AFTER else "listening"


def bot_id(token: str) -> int:
    """The number before the colon. Raises ControlError when this is no token."""
    match = _TOKEN.match(token)
    if match is None:
        raise ControlError("a token looks like 123456789:AAE… (digits, a colon, at least 3 of A-Za-z0-9_-)")
    return int(match.group(1))


def invented_token(number: int | None = None) -> str:
    """A token of Telegram's shape that nobody else has."""
    number = number or random.randrange(5_000_000_000, 9_000_000_000)  # noqa: S311
    return f"{number}:AA" + "".join(secrets.choice(_ALPHABET) for _ in range(33))
