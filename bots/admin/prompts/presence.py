"""Who has a draft open right now, kept in the cache for as long as their page says so."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from core.clock import clock

log = structlog.get_logger(__name__)

# A page says so every 15 seconds.
HERE_FOR: Final = 40
_MOST: Final = 10


def stay(*, draft_id: UUID, user_id: int, name: str) -> None:
    """This person has the draft open. Never raises: without the cache nobody is seen."""
    now = clock.now().timestamp()
    here = {**_here(draft_id), user_id: (name, now)}
    newest = sorted(here.items(), key=lambda each: -each[1][1])[:_MOST]
    try:
        cache.set(_key(draft_id), dict(newest), timeout=HERE_FOR)
    except (RedisError, OSError) as error:
        log.warning("draft.presence_away", kind=type(error).__name__)


def others_at(*, draft_id: UUID, user_id: int) -> list[str]:
    """The names of the others who have it open."""
    since = clock.now().timestamp() - HERE_FOR
    return [name for other, (name, at) in _here(draft_id).items() if other != user_id and at > since]


def _here(draft_id: UUID) -> dict[int, tuple[str, float]]:
    try:
        return cache.get(_key(draft_id)) or {}
    except (RedisError, OSError):
        return {}


def _key(draft_id: UUID) -> str:
    return f"prompts:here:{draft_id}"
