"""Texts of broadcasts that are being sent, read once for each change of theirs and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Final
from uuid import UUID

from django.conf import settings

from bots.models import Bot
from broadcast.content import Content, from_json
from broadcast.letters import Letters, Linker
from broadcast.links import counted_link
from broadcast.models import Broadcast, BroadcastShare
from core.clock import clock
from journey.selectors.published_stages import published_stages
from profiles.selectors.stream_names import stream_names
from sessions_app.companion import StageBook

_MOST: Final = 100
# Names of stages and programmes are read again after so many seconds.
_FRESH: Final = 60.0

_Key = tuple[UUID, UUID, datetime, UUID | None, str, str]
_kept: OrderedDict[_Key, tuple[float, Letters, int | None]] = OrderedDict()
_lock = Lock()


def letters_of(broadcast: Broadcast, share: BroadcastShare, bot: Bot) -> tuple[Letters, int | None]:
    """The letters of a bot's share, and the number of the text for the rest, if one was chosen."""
    key = (broadcast.id, share.bot_id, broadcast.changed_at, share.media_id, bot.name, broadcast.winner)
    with _lock:
        found = _kept.get(key)
        if found is not None and clock.monotonic() - found[0] < _FRESH:
            return found[1], found[2]
    content = from_json(broadcast.content)
    letters = Letters(
        content,
        media=broadcast.media,
        media_id=share.media_id,
        is_paid=broadcast.is_paid,
        bot_name=bot.name,
        names=names_said(),
        linker=_linker(share.bot_id) if settings.PUBLIC_URL else None,
    )
    winner = winner_of(content, broadcast.winner)
    with _lock:
        _kept[key] = (clock.monotonic(), letters, winner)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return letters, winner


def winner_of(content: Content, label: str) -> int | None:
    """The number of the text with this label; None without one."""
    labels = [each.label for each in content.variants]
    return labels.index(label) if label in labels else None


def _linker(bot_id: UUID) -> Linker:
    def link(recipient_id: UUID, button: int) -> str:
        return counted_link(bot_id=bot_id, recipient_id=recipient_id, button=button)

    return link


def names_said() -> Callable[[str], Mapping[str, str]]:
    """What stages and programmes are called now, by their codes, in a language."""
    stages = StageBook(published_stages())

    @lru_cache(maxsize=20)
    def names(language: str) -> Mapping[str, str]:
        said = {each.code.value: each.name for each in stages.stages(language)}
        return said | stream_names(language=language)

    return names
