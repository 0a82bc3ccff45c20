"""How messages of broadcasts are called in the outbox and in the data of buttons. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

_SENT = "bc:"
_DELETED = "bcdel:"
# The kind of a tap on a broadcast's button, and of one in the dialog in which an admin writes it.
TAP = "bc"
DIALOG = "bcd"
# What an admin's next words are, before the broadcast's id.
AWAITS_CRITERIA = "broadcast.criteria:"
AWAITS_TEXT = "broadcast.text:"


def sending_key(recipient_id: UUID, tries: int) -> str:
    """A message to a recipient, tried for this time."""
    return f"{_SENT}{recipient_id.hex}:{tries}"


def deleting_key(recipient_id: UUID, tries: int) -> str:
    """Taking a message back, tried for this time."""
    return f"{_DELETED}{recipient_id.hex}:{tries}"


def recipients_sent(keys: Iterable[str]) -> list[UUID]:
    """The recipients whose messages are among these."""
    return [UUID(hex=key[len(_SENT) :].partition(":")[0]) for key in keys if key.startswith(_SENT)]


def recipients_deleted(keys: Iterable[str]) -> list[UUID]:
    """The recipients whose messages were to be taken back."""
    return [UUID(hex=key[len(_DELETED) :].partition(":")[0]) for key in keys if key.startswith(_DELETED)]


def tap_data(recipient_id: UUID, button: int) -> str:
    """What comes back when the button of this number is tapped; 64 bytes at most."""
    return f"{TAP}:{recipient_id.hex}:{button}"


def read_tap(data: str) -> tuple[UUID, int] | None:
    """Whose button it was, and which; None for what we did not write."""
    _, _, rest = data.partition(":")
    name, _, number = rest.partition(":")
    if len(name) != 32 or not number.isdecimal() or len(number) > 3:
        return None
    try:
        return UUID(hex=name), int(number)
    except ValueError:
        return None
