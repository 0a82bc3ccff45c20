"""The sandbox's memory between two starts: one JSON file, replaced as a whole."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.accounts import BotAccount, Crowd
from sandbox.chats import Channel, Chat
from sandbox.cloud import Cloud
from sandbox.encoding import to_json
from sandbox.errors import ControlError
from sandbox.people import Person
from sandbox.update_queue import QueuedUpdate, UpdateQueue

_VERSION = 1
_PAUSE = 1.0  # seconds between two saves at least
# After a crash ids were given that no save has seen; skip far enough that none is given twice.
_SKIPPED_UPDATES = 10_000
_SKIPPED_MESSAGES = 1_000


def files_beside(state: Path) -> Path:
    """The folder that holds the bytes of files for this state."""
    return state.with_name(f"{state.name}.files")


class StateFile:
    """Loads a cloud from its file, and saves it a moment after it changed."""

    def __init__(self, path: Path, cloud: Cloud) -> None:
        self._path = path
        self._cloud = cloud
        self._saver: asyncio.Task[None] | None = None

    def load(self) -> None:
        """Fill the cloud. Raises ControlError, with the cure, when the file cannot be read."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        try:
            saved = json.loads(content)
            if saved["version"] != _VERSION:
                raise ValueError("unknown version")
            _restore(self._cloud, saved)
        except (ValueError, KeyError, TypeError) as error:
            raise ControlError(
                f"{self._path} is no state of a sandbox; move it away to begin anew"
            ) from error

    def start(self) -> None:
        """Begin to save."""
        self._saver = asyncio.create_task(self._keep_saving())

    async def stop(self) -> None:
        """Save a last time, marked as complete."""
        if self._saver:
            self._saver.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._saver
        self._write(to_json(_snapshot(self._cloud, complete=True)))

    async def _keep_saving(self) -> None:
        pause = _PAUSE
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(pause)
            if not self._cloud.is_dirty:
                continue
            self._cloud.is_dirty = False
            began = loop.time()
            content = to_json(_snapshot(self._cloud, complete=False))
            # A large state is saved less often, so that saving never takes more than a tenth of the time.
            pause = max(_PAUSE, (loop.time() - began) * 10)
            await asyncio.to_thread(self._write, content)

    def _write(self, content: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(self._path.name + ".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def _snapshot(cloud: Cloud, *, complete: bool) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "complete": complete,
        "files": cloud.files.snapshot(),
        "channels": [asdict(channel) for channel in cloud.channels.values()],
        "people": [asdict(person) for person in cloud.people.values()],
        "bots": [_bot_snapshot(bot) for bot in cloud.bots.values()],
    }


def _bot_snapshot(bot: BotAccount) -> dict[str, Any]:
    return {
        "token": bot.token,
        "name": bot.name,
        "username": bot.username,
        "is_revoked": bot.is_revoked,
        "webhook": bot.webhook,
        "last_poll_at": bot.last_poll_at,
        "last_message_id": bot.last_message_id,
        "commands": [[*key, commands] for key, commands in bot.commands.items()],
        "next_update_id": bot.queue.next_id,
        "allowed": bot.queue.allowed,
        "updates": [[u.update_id, u.expires_at, u.body.decode("latin-1"), u.once] for u in bot.queue],
        "crowds": [[each.ids.start, each.ids.stop, each.about, each.most_messages] for each in bot.crowds],
        "chats": [_chat_snapshot(chat) for chat in bot.chats.values()],
    }


def _chat_snapshot(chat: Chat) -> dict[str, Any]:
    return {
        "id": chat.id,
        "is_private": not chat.is_group,
        "kind": chat.kind,
        "title": chat.title,
        "is_started": chat.is_started,
        "is_blocked": chat.is_blocked,
        "departure": chat.departure,
        "migrated_to": chat.migrated_to,
        "most_messages": chat.most_messages,
        "keyboard": chat.keyboard,
        "messages": list(chat.messages()),
    }


def _restore(cloud: Cloud, saved: dict[str, Any]) -> None:
    if "files" in saved:
        cloud.files.restore(saved["files"])
    for fields in saved["people"]:
        person = Person(**fields)
        cloud.people[person.id] = person
    for fields in saved.get("channels", []):
        channel = Channel(**fields)
        channel.last_message_id += 0 if saved["complete"] else _SKIPPED_MESSAGES
        cloud.channels[channel.id] = channel
    for fields in saved["bots"]:
        cloud.adopt(_restored_bot(cloud, fields, complete=saved["complete"]))


def _restored_bot(cloud: Cloud, saved: dict[str, Any], *, complete: bool) -> BotAccount:
    queue = UpdateQueue(next_id=saved["next_update_id"] + (0 if complete else _SKIPPED_UPDATES))
    queue.allowed = saved["allowed"]
    queue.restore(
        QueuedUpdate(number, expires_at, body.encode("latin-1"), once)
        for number, expires_at, body, once in saved["updates"]
    )
    bot = BotAccount(token=saved["token"], name=saved["name"], username=saved["username"], queue=queue)
    bot.is_revoked = saved["is_revoked"]
    bot.webhook = saved["webhook"]
    bot.last_poll_at = saved["last_poll_at"]
    bot.last_message_id = saved["last_message_id"] + (0 if complete else _SKIPPED_MESSAGES)
    bot.commands = {(scope, language): commands for scope, language, commands in saved["commands"]}
    bot.crowds = [
        Crowd(range(start, stop), about, most) for start, stop, about, most in saved.get("crowds", [])
    ]
    for fields in saved["chats"]:
        _restore_chat(cloud, bot, fields)
    return bot


def _restore_chat(cloud: Cloud, bot: BotAccount, saved: dict[str, Any]) -> None:
    person = cloud.person(saved["id"], {}) if saved["is_private"] else None
    channel = cloud.channels.get(saved["id"])
    chat = Chat(saved["id"], person=person, channel=channel, kind=saved["kind"], title=saved["title"])
    chat.departure = saved.get("departure")
    chat.is_started = saved["is_started"]
    chat.is_blocked = saved["is_blocked"]
    chat.migrated_to = saved.get("migrated_to")
    chat.most_messages = saved.get("most_messages")
    chat.keyboard = saved["keyboard"]
    bot.chats[chat.id] = chat
    for message in saved["messages"]:
        bot.keep(chat, message)
