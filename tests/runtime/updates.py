"""Updates as Telegram sends them, and as nobody should."""

from __future__ import annotations

import itertools
import json
from typing import Any

_numbers = itertools.count(1)
DATE = 1_790_000_000


def user(user_id: int = 7, **fields: Any) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": "Vera", "language_code": "en", **fields}


def chat(chat_id: int = 7, **fields: Any) -> dict[str, Any]:
    kind = "private" if chat_id > 0 else "supergroup"
    named = {"first_name": "Vera"} if chat_id > 0 else {"title": "Friends"}
    return {"id": chat_id, "type": kind, **named, **fields}


def message(text: str | None = "hello", *, user_id: int = 7, **fields: Any) -> dict[str, Any]:
    said = {} if text is None else {"text": text}
    return {
        "message_id": next(_numbers),
        "date": DATE,
        "chat": chat(user_id),
        "from": user(user_id),
        **said,
        **fields,
    }


def update(kind: str = "message", body: Any = None, **fields: Any) -> dict[str, Any]:
    return {"update_id": next(_numbers), kind: message() if body is None else body, **fields}


def tap(data: Any = "open:natasha", **fields: Any) -> dict[str, Any]:
    return {
        "id": "4711",
        "from": user(),
        "chat_instance": "1",
        "message": message("shown", **{"from": user(99, is_bot=True, first_name="Natasha")}),
        "data": data,
        **fields,
    }


def membership(status: str, *, chat_id: int = 7) -> dict[str, Any]:
    bot = user(99, is_bot=True, first_name="Natasha")
    until = {"until_date": 0} if status == "kicked" else {}
    return {
        "chat": chat(chat_id),
        "from": user(),
        "date": DATE,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": status, **until},
    }


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def nested(depth: int) -> bytes:
    """A message inside of a message inside of …"""
    head = b'{"message_id": 1, "date": 1790000000, "chat": {"id": 7, "type": "private"}, "reply_to_message": '
    return b'{"update_id": 1, "message": ' + head * depth + b"{}" + b"}" * depth + b"}"
