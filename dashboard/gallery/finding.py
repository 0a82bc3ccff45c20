"""Whom the inbox and what was said leave of all people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import PermissionDenied

from dashboard.gallery.asked import NEEDS, Asked
from profiles.selectors.browse_people import Key
from sessions_app.selectors.people_in_need import people_in_need
from sessions_app.services.search_words import search_words

MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """In which bots to look, and for whom alone, None where it may be anybody."""

    bot_ids: list[UUID]
    known: Collection[Key] | None = None
    # When they said what was looked for.
    said_at: Mapping[Key, datetime] = field(default_factory=dict)
    # More people said it, or need a human, than were taken.
    is_cut: bool = False
    # Nothing but words that everybody uses.
    is_wordless: bool = False

    def within(self, bot_ids: Collection[UUID]) -> Found:
        """The same in some of the bots."""
        return replace(self, bot_ids=[each for each in self.bot_ids if each in bot_ids])


def find(*, asked: Asked, bot_ids: Sequence[UUID], readable: Sequence[UUID], reader_id: int) -> Found:
    """Whom to look for.

    Words are looked for only in bots whose conversations may be read, and that somebody did is kept. Raises
    PermissionDenied where none may be.
    """
    found = Found(list(bot_ids))
    if asked.one("who") in NEEDS:
        needed = people_in_need(bot_ids=bot_ids, is_crisis=asked.one("who") == "crisis", most=MOST + 1)
        found = Found(list(bot_ids), needed[:MOST], is_cut=len(needed) > MOST)
    words = asked.said("words")
    return _who_said(words, found, readable, reader_id) if words else found


def _who_said(words: str, found: Found, readable: Sequence[UUID], reader_id: int) -> Found:
    bot_ids = [each for each in found.bot_ids if each in set(readable)]
    if not readable or (found.bot_ids and not bot_ids):
        raise PermissionDenied
    said = search_words(bot_ids=bot_ids, words=words, reader_id=reader_id, most=MOST)
    needed = None if found.known is None else set(found.known)
    known = [each for each in said.people if needed is None or each in needed]
    return Found(bot_ids, known, said.people, found.is_cut or said.is_cut, said.is_wordless)
