"""How long something took, in a word or two. Pure."""

from __future__ import annotations

_UNITS = {"ru": ("{n} мин", "{n} ч", "{n} дн"), "en": ("{n} min", "{n} h", "{n} d")}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def duration(seconds: float, language: str) -> str:
    """Minutes up to an hour, hours up to two days, then days; never less than one minute."""
    minutes, hours, days = _UNITS.get(language, _UNITS["en"])
    if seconds < _HOUR:
        return minutes.format(n=max(1, int(seconds // _MINUTE)))
    if seconds < 2 * _DAY:
        return hours.format(n=int(seconds // _HOUR))
    return days.format(n=int(seconds // _DAY))
