"""Watches the bots' models on behalf of staff: away for too long, and back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from bots.models import AlertKind
from bots.services.raise_alert import raise_alert
from core.clock import clock
from llm.breaker import Breaker

log = structlog.get_logger(__name__)

UNREACHABLE_FOR = timedelta(minutes=5)
# An alert that was swallowed as a repetition is tried again after so long, as long as it is true: what staff heard
# last must not stay wrong.
AGAIN_AFTER = timedelta(minutes=5)


@dataclass(slots=True)
class _Watched:
    """One bot's model: since when it is away, and what staff believe."""

    breaker: Breaker
    model: str
    away_since: datetime | None = None
    is_told_away: bool = False
    tried_at: datetime | None = None


class ModelWatch:
    """Remembers what staff were told of each bot's model; one for all bots of a process."""

    def __init__(self) -> None:
        self._bots: dict[UUID, _Watched] = {}

    def look(self, *, bot_id: UUID, slug: str, breaker: Breaker, model: str) -> list[str]:
        """Raise what staff must know now; the kinds of alerts that are news. Touches the database only then.

        A model that nobody asks any more stays away: nothing says that it is back. Another model, or another way to
        it, begins anew. Raises what a database that is away raises; the next look then says it.
        """
        watched = self._bots.get(bot_id)
        if watched is None or watched.breaker is not breaker or watched.model != model:
            watched = self._bots[bot_id] = _Watched(breaker, model)
        kind = self._news(watched)
        if kind is None:
            return []
        watched.tried_at = clock.now()
        try:
            is_new = raise_alert(kind=kind, bot_id=bot_id, subject=model, detail=self._detail(watched, kind))
        except BaseException:
            watched.tried_at = None
            raise
        if not is_new:
            return []
        watched.is_told_away = kind is AlertKind.MODEL_UNREACHABLE
        watched.tried_at = None
        log.warning("model.watched", bot=slug, model=model, kind=kind.value)
        return [kind.value]

    def has_news(self, *, bot_id: UUID, breaker: Breaker, model: str) -> bool:
        """Whether `look` would have something to say; never touches the database."""
        watched = self._bots.get(bot_id)
        if watched is None or watched.breaker is not breaker or watched.model != model:
            watched = _Watched(breaker, model)
        return self._news(watched) is not None

    def forget(self, bot_id: UUID) -> None:
        """The bot is served here no longer."""
        self._bots.pop(bot_id, None)

    def _news(self, watched: _Watched) -> AlertKind | None:
        now = clock.now()
        # While nobody has asked since, half-open, it is as far away as before.
        since = watched.breaker.unreachable_since
        watched.away_since = since or watched.away_since
        if watched.tried_at is not None and now - watched.tried_at < AGAIN_AFTER:
            return None
        if since is not None and not watched.is_told_away and now - since >= UNREACHABLE_FOR:
            return AlertKind.MODEL_UNREACHABLE
        if since is None and watched.is_told_away:
            return AlertKind.MODEL_BACK
        return None

    def _detail(self, watched: _Watched, kind: AlertKind) -> str:
        if watched.away_since is None:
            return ""
        if kind is AlertKind.MODEL_UNREACHABLE:
            return f"since {watched.away_since:%H:%M} UTC"
        minutes = (clock.now() - watched.away_since) // timedelta(minutes=1)
        return f"after {minutes} min"
