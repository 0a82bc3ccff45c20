"""What rooms above know of bots, for their list and their pages. They say so when their admin is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bots.models import Bot


@dataclass(frozen=True, slots=True)
class Figures:
    """What a bot comes to at present; `cost_micros` (millionths of a USD) is today's, None before it was counted."""

    waiting: int = 0
    waiting_since: datetime | None = None
    buried: int = 0
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command that a bot understands, and what its menu says of it."""

    name: str
    words: str
    is_for_admins: bool = False


Counting = Callable[[Sequence[UUID], datetime], Mapping[UUID, Figures]]
Listing = Callable[[Bot], Sequence[Command]]

_NONE = Figures()


@dataclass(slots=True)
class _Sources:
    counting: Counting | None = None
    listing: Listing | None = None


_sources = _Sources()


def use(*, counting: Counting, listing: Listing) -> None:
    """From now on these say what bots come to (given their ids, and since when errors count) and understand."""
    _sources.counting, _sources.listing = counting, listing


def figures_of(bot_ids: Sequence[UUID], *, since: datetime) -> Mapping[UUID, Figures]:
    """The figures of these bots; empty ones where nobody counts. As many queries for many bots as for one."""
    counting = _sources.counting
    found = counting(bot_ids, since) if counting is not None and bot_ids else {}
    return {each: found.get(each, _NONE) for each in bot_ids}


def commands_of(bot: Bot) -> Sequence[Command]:
    """What a bot understands; nothing where nobody says."""
    return () if _sources.listing is None else _sources.listing(bot)
