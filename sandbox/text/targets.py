"""What an entity points to: an address, a person, an emoji."""

from __future__ import annotations

from sandbox.text.formatted import Entity, EntityError
from sandbox.text.links import LinkError, checked_link, mentioned_user

_INT64 = 2**63 - 1


def custom_emoji_id(value: str) -> str:
    """The identifier, checked as Telegram does. Raises EntityError when it is no 64-bit number."""
    if not (value.isascii() and value.isdecimal()) or not 0 < int(value) <= _INT64:
        raise EntityError("Invalid custom emoji identifier specified")
    return value


def link(entity: Entity, target: str) -> None:
    """Make the entity a link or a mention; a target that is no address empties its type, without an error."""
    user_id = mentioned_user(target)
    if user_id is not None:
        entity["type"] = "text_mention"
        entity["user"] = {"id": user_id}
        return
    try:
        entity["url"] = checked_link(target)
    except LinkError:
        entity["type"] = ""
