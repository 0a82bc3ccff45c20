"""Telegram's side of a bench: the sandbox's control API over one kept connection."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Said:
    """One message that the sandbox saw; `at` is Unix time, `method` the call that brought it."""

    index: int
    chat_id: int
    message_id: int
    text: str
    at: float
    method: str

    @property
    def is_answer(self) -> bool:
        return self.method == "sendMessage"


class TelegramSide:
    """Offers updates to bots and reads what came back."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)

    def create_bot(self, name: str) -> str:
        """A new bot; its token."""
        return str(self._ask("POST", "/control/bots", {"name": name})["token"])

    def offer(self, token: str, updates: Sequence[dict[str, Any]]) -> list[int]:
        """Queue updates for a bot, in this order; the ids that they were given."""
        answer = self._ask("POST", f"/control/bots/{token}/updates", list(updates))
        return [int(each) for each in answer["update_ids"]]

    def say(self, token: str, user_id: int, text: str) -> None:
        """A person writes, as on the chat page."""
        self._ask(
            "POST", f"/control/bots/{token}/say", {"user_id": user_id, "text": text, "first_name": "Анна"}
        )

    def gather(self, token: str, *, first: int, count: int, keep: int = 0) -> None:
        """So many people have started the bot, their ids in a row; their chats remember so many messages."""
        about = {"first_id": first, "count": count, "first_name": "Анна", "language_code": "ru", "keep": keep}
        self._ask("POST", f"/control/bots/{token}/people", about)

    def received(self, token: str, *, containing: str = "") -> dict[int, int]:
        """How many messages with these words each chat got. Raises RuntimeError when not all are known any more."""
        answer = self._ask("GET", f"/control/bots/{token}/received?containing={quote(containing)}")
        if not answer["is_whole"]:
            message = "the sandbox has forgotten part of what was said"
            raise RuntimeError(message)
        return {int(chat): int(count) for chat, count in answer["chats"].items()}

    def floods(self, token: str) -> list[tuple[float, str]]:
        """When the bot got a 429, and for which method."""
        answer = self._ask("GET", f"/control/bots/{token}/floods")
        return [(float(each["at"]), str(each["method"])) for each in answer["floods"]]

    def limit(self, is_limited: bool) -> None:
        """Telegram's pace, on or off."""
        self._ask("POST", "/control/limits", {"enabled": is_limited})

    def tokens(self) -> list[str]:
        """All bots that it knows."""
        return [str(bot["token"]) for bot in self._ask("GET", "/control/bots")]

    def record(self, token: str, since: int = 0) -> list[Said]:
        """Everything that was said in the bot's chats, from an index on, in the order of arrival."""
        return [Said(**entry) for entry in self._ask("GET", f"/control/bots/{token}/record?since={since}")]

    def answers(self) -> dict[str, int]:
        """How many messages each bot has sent, by its token."""
        stats = self._ask("GET", "/control/stats")
        return {bot["token"]: int(bot["methods"].get("sendMessage", 0)) for bot in stats["bots"]}

    def polled(self) -> dict[str, bool]:
        """Whether each bot has asked for updates yet, by its token."""
        stats = self._ask("GET", "/control/stats")
        return {bot["token"]: "getUpdates" in bot["methods"] for bot in stats["bots"]}

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        try:
            self._connection.request(method, path, sent, {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server closes connections that were idle for long.
            self._connection.close()
            self._connection.request(method, path, sent, {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            message = f"{method} {path}: {answer.status} {text[:300]!r}"
            raise RuntimeError(message)
        return json.loads(text)
