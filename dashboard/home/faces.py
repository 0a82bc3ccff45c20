"""How figures look on the first page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from core.numbers import decimal

NOTHING: Final = "–"
_THIN: Final = "\u202f"


def number(count: int) -> str:
    """A count with its thousands apart."""
    return f"{count:,}".replace(",", _THIN)


def money(micros: int) -> str:
    """Millionths of a USD; cents, and less where there are none."""
    dollars = micros / 1_000_000
    if 0 < dollars < 0.01:
        return decimal("< $0.01")
    return decimal(f"${dollars:,.2f}".replace(",", _THIN))


def seconds(taken: float | None) -> str:
    """About how long something took."""
    if taken is None:
        return NOTHING
    if taken < 1:
        return _("%(count)d ms") % {"count": round(taken, 2) * 1000}
    if taken < 90:
        return _("%(count)s s") % {"count": decimal(f"{taken:.1f}") if taken < 10 else f"{taken:.0f}"}
    return _("%(count)d min") % {"count": round(taken / 60)}


def share(percents: int | None) -> str:
    return NOTHING if percents is None else f"{percents}{_THIN}%"
