"""Erasers of rooms above: what refers to a person without going with them by the database's own cascades."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class Eraser(Protocol):
    """Removes what a room keeps of a person, inside the caller's transaction and the bot's scope."""

    def __call__(self, *, bot_id: UUID, profile_id: UUID) -> None: ...


_erasers: list[Eraser] = []


def add_eraser(eraser: Eraser) -> None:
    """Have this called from now on, before a person's row is removed."""
    if eraser not in _erasers:
        _erasers.append(eraser)


def erase_above(*, bot_id: UUID, profile_id: UUID) -> None:
    """Call every eraser."""
    for eraser in _erasers:
        eraser(bot_id=bot_id, profile_id=profile_id)
