"""The people of the sandbox: one account each, known to every bot they meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MOST_PHOTOS = 20


@dataclass(slots=True)
class Person:
    """A Telegram account of an end user."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_active: bool = True
    bio: str | None = None
    birthdate: dict[str, int] | None = None
    personal_chat: int | None = None
    # SHA-256 of the pictures they show, the newest first; the bytes are among the files.
    photos: list[str] = field(default_factory=list)

    def learn(self, fields: dict[str, Any]) -> None:
        """Take over what a message or a request says anew about this person."""
        for name in ("first_name", "last_name", "username", "language_code"):
            value = fields.get(name)
            if isinstance(value, str) and value:
                setattr(self, name, value)

    def as_user(self) -> dict[str, Any]:
        """The Bot API's User."""
        user = {"id": self.id, "is_bot": False, **self._names()}
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def as_chat(self) -> dict[str, Any]:
        """The Bot API's Chat of a private conversation with this person."""
        return {"id": self.id, **self._names(), "type": "private"}

    def _names(self) -> dict[str, Any]:
        names = {"first_name": self.first_name}
        if self.last_name:
            names["last_name"] = self.last_name
        if self.username:
            names["username"] = self.username
        return names
