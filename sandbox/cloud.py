"""All that Telegram's servers would know: bots by token, people, and the switches of this sandbox."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

from sandbox.accounts import BotAccount, bot_id, invented_token
from sandbox.chats import Channel, Chat
from sandbox.errors import BotApiError, ControlError
from sandbox.faults import Faults
from sandbox.files import FileStore
from sandbox.live import LiveFeed
from sandbox.people import Person

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}$")
_NO_USERNAME = "a username has 5 to 32 of A-Za-z0-9_ and begins with a letter"
_LATIN = str.maketrans("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", "ъь") | str.maketrans(
    {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya"}
)


class Cloud:
    """The state of one sandbox; everything in it happens on one event loop."""

    def __init__(self, *, limits: bool = True, folder: Path | None = None) -> None:
        self.limits = limits
        self.bots: dict[int, BotAccount] = {}
        self.people: dict[int, Person] = {}
        self.channels: dict[int, Channel] = {}
        self.files = FileStore(folder)
        self.faults = Faults()
        self.feed = LiveFeed()
        self.is_dirty = False
        self.strangers: Counter[tuple[str, int]] = Counter()
        self._by_token: dict[str, BotAccount] = {}

    def register(self, *, name: str, token: str | None = None, username: str | None = None) -> BotAccount:
        """A bot under this or an invented token. The same number with another token renews the bot's token,
        as BotFather does: the old one is refused from now on."""
        token = token or invented_token()
        bot = self.bots.get(bot_id(token))
        if bot is None:
            bot = BotAccount(token=token, name=name or "Bot", username=self._free_username(username, name))
            self.adopt(bot)
        else:
            self.renew(bot, token)
            bot.name = name or bot.name
            if username and username.lower() != bot.username.lower():
                bot.username = self._free_username(username, name)
        self.is_dirty = True
        self.feed.publish("bots")
        return bot

    def adopt(self, bot: BotAccount) -> None:
        """Take a ready account in."""
        self.bots[bot.id] = bot
        self._by_token[bot.token] = bot

    def renew(self, bot: BotAccount, token: str | None = None) -> None:
        """Give the bot another token; whoever polls with the old one is told at once."""
        token = token or invented_token(bot.id)
        if token != bot.token:
            bot.queue.interrupt("revoked")
            self._by_token[token] = bot
            bot.token = token
        bot.is_revoked = False
        self.is_dirty = True

    def revoke(self, bot: BotAccount) -> None:
        """From now on this token is unknown to the Bot API; the control API still finds the bot by it."""
        bot.is_revoked = True
        bot.queue.interrupt("revoked")
        self.is_dirty = True
        self.feed.publish("bots")

    def known(self, token: str) -> BotAccount:
        """The bot that has or had this token. Raises ControlError (404) when there never was one."""
        bot = self._by_token.get(token)
        if bot is None:
            raise ControlError("no bot has this token; POST /control/bots makes one", status=404)
        return bot

    def authorised(self, token: str) -> BotAccount:
        """The bot that calls with this token. Raises BotApiError (401) unless the token is valid now."""
        bot = self.authorised_or_none(token)
        if bot is None:
            raise BotApiError(401, "Unauthorized")
        return bot

    def authorised_or_none(self, token: str) -> BotAccount | None:
        """The bot that calls with this token; None unless the token is valid now."""
        bot = self._by_token.get(token)
        return bot if bot is not None and not bot.is_revoked and bot.token == token else None

    def person(self, person_id: int, fields: dict[str, Any]) -> Person:
        """The person with this id, made on first sight, with what `fields` tells anew."""
        person = self.people.get(person_id)
        if person is None:
            person = self.people[person_id] = Person(person_id, first_name=f"User {person_id}")
        person.learn(fields)
        return person

    def private_chat(self, bot: BotAccount, person: Person) -> Chat:
        """The talk of this person with this bot."""
        chat = bot.chats.get(person.id)
        if chat is None:
            chat = bot.chats[person.id] = Chat(person.id, person=person)
            crowd = bot.crowd_of(person.id)
            if crowd is not None:
                chat.is_started = True
                chat.most_messages = crowd.most_messages
        return chat

    def chat(self, bot: BotAccount, chat_id: int) -> Chat | None:
        """The chat with this id, somebody's of a crowd as well; None when the bot knows none."""
        chat = bot.chats.get(chat_id)
        if chat is None and (crowd := bot.crowd_of(chat_id)) is not None:
            return self.private_chat(bot, self.person(chat_id, {} if chat_id in self.people else crowd.about))
        return chat

    def group_chat(self, bot: BotAccount, chat_id: int, *, kind: str | None, title: str | None) -> Chat:
        """A group that the bot is in, made on first sight."""
        chat = bot.chats.get(chat_id)
        if chat is None:
            usual = "supergroup" if str(chat_id).startswith("-100") else "group"
            chat = bot.chats[chat_id] = Chat(chat_id, kind=kind or usual, title=title or f"Group {-chat_id}")
        chat.kind = kind or chat.kind
        chat.title = title or chat.title
        return chat

    def found_channel(self, *, title: str, username: str | None, owner: Person | None) -> Channel:
        """A new channel, which nobody is in yet. Raises ControlError when the username cannot be had."""
        if username is not None and not _USERNAME.match(username):
            raise ControlError(_NO_USERNAME)
        names = [*(bot.username for bot in self.bots.values()), *(c.username for c in self.channels.values())]
        if username and username.lower() in {name.lower() for name in names if name}:
            raise ControlError(f"the username {username} is taken")
        number = random.randrange(1_000_000_000, 4_000_000_000)  # noqa: S311
        while -1_000_000_000_000 - number in self.channels:
            number += 1
        owner = owner or self.person(number, {"first_name": "Owner"})
        channel = Channel(-1_000_000_000_000 - number, title, username, owner.id)
        self.channels[channel.id] = channel
        self.is_dirty = True
        return channel

    def close(self) -> None:
        """Let everyone go who waits: polls end as if nothing had come, pages are sent away."""
        for bot in self.bots.values():
            bot.queue.close()
        self.feed.close()

    def _free_username(self, wanted: str | None, name: str) -> str:
        if wanted is not None and not _USERNAME.match(wanted):
            raise ControlError(_NO_USERNAME)
        taken = {bot.username.lower() for bot in self.bots.values()}
        base = wanted or _username_from(name)
        for number in range(1, len(taken) + 2):
            candidate = base if number == 1 else f"{base.removesuffix('_bot')}{number}_bot"
            if candidate.lower() not in taken:
                return candidate
        raise AssertionError("one more candidate than names taken")


def _username_from(name: str) -> str:
    latin = re.sub(r"[^a-z0-9]+", "_", name.lower().translate(_LATIN)).strip("_")
    return f"{latin[:24].strip('_')}_bot" if latin[:1].isalpha() else f"sandbox{latin[:16]}_bot"
