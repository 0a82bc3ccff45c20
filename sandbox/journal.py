"""What was said through the sandbox and when it arrived: for benches, beside the chats."""

from __future__ import annotations

from collections import Counter, deque
from itertools import islice
from typing import Any, NamedTuple

from core.clock import clock

MOST_ENTRIES = 500_000
# What brings a chat one message more.
_SENDS = frozenset({"sendMessage", "sendPhoto", "sendVideo", "sendVoice", "sendDocument"})


class Entry(NamedTuple):
    """One message on its way; `at` is Unix time in seconds, `method` the call that brought it."""

    chat_id: int
    message_id: int
    text: str
    at: float
    method: str


class Journal:
    """Entries in the order of arrival; each keeps its index when older ones fall out."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._count = 0

    def note(self, chat_id: int, message_id: int, text: str, method: str) -> None:
        """Write down one message, now."""
        self._entries.append(Entry(chat_id, message_id, text, clock.now().timestamp(), method))
        self._count += 1

    def since(self, index: int) -> list[dict[str, Any]]:
        """All entries from this index on."""
        first = self._count - len(self._entries)
        start = max(index, first)
        tail = islice(self._entries, start - first, None)
        return [{"index": start + place, **entry._asdict()} for place, entry in enumerate(tail)]

    def received(self, *, containing: str, since: int) -> tuple[Counter[int], bool]:
        """How many messages with these words each chat got from the bot, from this index on; whether all are known."""
        first = self._count - len(self._entries)
        tail = islice(self._entries, max(since - first, 0), None)
        chats = (each.chat_id for each in tail if each.method in _SENDS and containing in each.text)
        return Counter(chats), first <= since
