"""What crosses the wall of this room: raw updates coming in, answers to what was sent, files going out."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """One element of a getUpdates answer, exactly as the server wrote it.

    `update_id` is None where the server gave none that a 64-bit column can hold; such an element is kept
    all the same, so that it can be stored and buried with its reason. `value` is the parsed JSON, or None
    where it could not be parsed. Neither is shown by `repr`: they hold what people wrote.
    """

    update_id: int | None
    payload: bytes = field(repr=False)
    value: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer to a method that the server carried out; `message_id` where the result is a message."""

    message_id: int | None
    result: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send along as a parameter of a method."""

    filename: str
    content: bytes = field(repr=False)
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Who a token belongs to, in the words of getMe."""

    telegram_id: int
    username: str
    name: str
    can_join_groups: bool
    can_read_all_group_messages: bool
