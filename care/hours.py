"""When a bot may write first: by the person's own clock. Pure but for the time zone database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FALLBACK = "UTC"
# A morning question comes in the first hours of the day that the bot keeps to.
MORNING_HOURS = 2


@dataclass(frozen=True, slots=True)
class Hours:
    """From the first hour, before the last one: 9 and 21 are nine in the morning until nine in the evening."""

    first: int
    last: int

    @property
    def morning(self) -> Hours:
        return Hours(self.first, min(self.first + MORNING_HOURS, self.last))

    def holds(self, local: datetime) -> bool:
        return self.first <= local.hour < self.last

    def end_of(self, local: datetime) -> datetime:
        """The moment at which the hours of this local day are over."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.last == 24:
            return midnight + timedelta(days=1)
        return midnight.replace(hour=self.last)


def local_time(now: datetime, *names: str) -> datetime:
    """The time on the wall in the first of these zones that exists, in UTC where none does."""
    for name in names:
        if name in _names():
            return now.astimezone(_zone(name))
    return now.astimezone(_zone(FALLBACK))


def local_day(now: datetime, *names: str) -> date:
    """The day on the calendar there."""
    return local_time(now, *names).date()


def zones_within(hours: Hours, now: datetime) -> list[str]:
    """All time zones in which it is now within these hours."""
    return [name for name in _names() if hours.holds(now.astimezone(_zone(name)))]


def known_zones() -> Iterable[str]:
    """Every time zone there is."""
    return _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
