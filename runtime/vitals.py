"""What a worker sees of its bots, kept in memory and written down in batches, never on the way of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bots.contracts import MetricSample
from core import metrics
from core.clock import clock


@dataclass(slots=True)
class _Figure:
    count: int = 0
    total: float = 0.0
    largest: float = 0.0


@dataclass(slots=True)
class Vitals:
    """The pulse of one bot: when it was last answered and last heard anything, and what its figures came to."""

    bot_id: UUID
    slug: str
    last_poll_at: datetime | None = None
    last_update_at: datetime | None = None
    # Monotonic seconds of the last successful poll: nothing else refreshes it.
    polled: float | None = None
    _is_polls_news: bool = False
    _figures: dict[str, _Figure] = field(default_factory=dict)

    def poll_succeeded(self, *, updates: int) -> None:
        """getUpdates returned, with or without updates."""
        self.polled = clock.monotonic()
        self.last_poll_at = clock.now()
        self._is_polls_news = True
        if updates:
            self.last_update_at = self.last_poll_at
        metrics.polls_total.labels(self.slug, "ok").inc()
        metrics.last_successful_poll_timestamp.labels(self.slug).set(self.last_poll_at.timestamp())

    def count(self, name: str, value: float = 1.0, *, times: int = 1) -> None:
        """Add to a figure of the bot: `value` is the amount of all `times` together."""
        figure = self._figures.get(name)
        if figure is None:
            figure = self._figures[name] = _Figure()
        figure.count += times
        figure.total += float(value)
        figure.largest = max(figure.largest, float(value))

    def take_poll(self) -> tuple[datetime, datetime | None] | None:
        """When it was last answered and heard something, if that is news since the last taking."""
        if not self._is_polls_news or self.last_poll_at is None:
            return None
        self._is_polls_news = False
        return self.last_poll_at, self.last_update_at

    def take_samples(self) -> Iterable[MetricSample]:
        """What the figures came to since the last taking."""
        figures, self._figures = self._figures, {}
        now = clock.now()
        return [
            MetricSample(
                bot_id=self.bot_id,
                name=name,
                at=now,
                count=each.count,
                total=each.total,
                largest=each.largest,
            )
            for name, each in figures.items()
        ]
