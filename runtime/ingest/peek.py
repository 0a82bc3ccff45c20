"""The little that must be known of an update before it is parsed: what it is, whose, how long it may wait."""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS = frozenset(
    {
        "message", "edited_message", "channel_post", "edited_channel_post",
        "business_connection", "business_message", "edited_business_message", "deleted_business_messages",
        "guest_message", "message_reaction", "message_reaction_count",
        "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
        "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
        "chat_boost", "removed_chat_boost", "managed_bot",
    }
)  # fmt: skip
"""The update types of Bot API 10.1."""

UNKNOWN = "unknown"
COMMAND = "command"

_INT64 = 2**63
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)
_NOTHING: dict[str, object] = {}


@dataclass(frozen=True, slots=True)
class Peek:
    """What one look at an update tells.

    `kind` is its type, except that a message which is a command is `command`, and what this product does not
    know is `unknown`. `lane` keeps order: the chat, for updates without one the person, else 0. `is_text` is
    free text in a message: it may wait for the rest of a burst, and so may one piece of an album (`is_album`), which
    comes as a message of its own. `language` is a tag such as `pt-br` or empty.
    """

    kind: str
    lane: int
    chat_id: int | None
    user_id: int | None
    language: str
    is_text: bool
    is_private: bool
    is_album: bool = False


def peek(value: object) -> Peek:
    """Look at a parsed update, whatever JSON it is. Never raises."""
    kind, body = _body_of(value)
    chat = _chat_of(body)
    user = _user_of(body)
    chat_id, user_id = _int64(chat.get("id")), _int64(user.get("id"))
    text = body.get("text")
    is_text = kind == "message" and isinstance(text, str) and bool(text)
    if is_text and _is_command(text, body.get("entities")):
        kind, is_text = COMMAND, False
    lane = chat_id if chat_id is not None else user_id
    return Peek(
        kind=kind,
        lane=lane if lane is not None else 0,
        chat_id=chat_id,
        user_id=user_id,
        language=_language(user.get("language_code")),
        is_text=is_text,
        is_private=_is_private(chat, chat_id),
        is_album=kind == "message" and isinstance(body.get("media_group_id"), str),
    )


def _body_of(value: object) -> tuple[str, dict[str, object]]:
    """The update's type and content; of an unknown type the first object, which often names a chat too."""
    if not isinstance(value, dict):
        return UNKNOWN, _NOTHING
    unknown = _NOTHING
    for key, body in value.items():
        if key in KINDS:
            return key, _object(body)
        if unknown is _NOTHING:
            unknown = _object(body)
    return UNKNOWN, unknown


def _chat_of(body: dict[str, object]) -> dict[str, object]:
    """Its own chat, or that of the message which carries a button."""
    return _object(body.get("chat")) or _object(_object(body.get("message")).get("chat"))


def _user_of(body: dict[str, object]) -> dict[str, object]:
    """Who did it: `from` almost everywhere, `user` in reactions and answers, the source of a boost."""
    user = _object(body.get("from")) or _object(body.get("user"))
    if user:
        return user
    source = body.get("source") or _object(body.get("boost")).get("source")
    return _object(_object(source).get("user")) or _object(body.get("voter_chat"))


def _is_command(text: object, entities: object) -> bool:
    if isinstance(text, str) and text.startswith("/"):
        return True
    if not isinstance(entities, list):
        return False
    return any(
        isinstance(entity, dict) and entity.get("type") == "bot_command" and entity.get("offset") == 0
        for entity in entities
    )


def _is_private(chat: dict[str, object], chat_id: int | None) -> bool:
    kind = chat.get("type")
    return kind == "private" if isinstance(kind, str) else chat_id is not None and chat_id > 0


def _language(value: object) -> str:
    return value.lower() if isinstance(value, str) and _LANGUAGE.fullmatch(value) else ""


def _int64(value: object) -> int | None:
    return value if type(value) is int and -_INT64 <= value < _INT64 else None


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else _NOTHING
