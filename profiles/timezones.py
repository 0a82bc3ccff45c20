"""Time zones that exist."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


def is_timezone(name: str) -> bool:
    """Whether the time zone database knows this name."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())
