"""How well a bot was: spans of time, the share in which it heard people, and strips to draw. Pure.

Places and lengths of strips are texts: a template would write 12,5 where the language does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# A strip is drawn so high, and each of its cells so wide.
HEIGHT: Final = 40.0
STEP: Final = 10.0
_GAP: Final = 2.0
# What was short is still seen: no part of a cell is drawn lower than this.
_LEAST: Final = 0.2

# A state of ours beside those that the runtime observes: it was said to run, and Telegram answered nobody.
SILENT: Final = "silent"


class Look(StrEnum):
    """How a moment looks: it heard people, it was about to, it did not, nobody wanted it to, nobody knows."""

    GOOD = "good"
    WAIT = "wait"
    BAD = "bad"
    REST = "rest"
    NONE = "none"


_LOOKS: Final = {
    "running": Look.GOOD,
    "starting": Look.WAIT,
    "backing_off": Look.WAIT,
    "stopped": Look.REST,
    "paused": Look.REST,
}
# From below, as cells are drawn.
_ORDER: Final = (Look.GOOD, Look.REST, Look.WAIT, Look.BAD)


@dataclass(frozen=True, slots=True)
class Period:
    """A bot was in one state from `since` until `until`; `heard_at` is when Telegram last answered it till then."""

    state: str
    since: datetime
    until: datetime
    heard_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time that looks one way."""

    look: Look
    state: str
    since: datetime
    until: datetime
    error: str = ""

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a cell, from its upper edge at `y` down."""

    look: Look
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One step of a strip; `uptime` is None where nobody wanted the bot to run, or nothing is known."""

    since: datetime
    until: datetime
    x: str
    parts: tuple[Part, ...]
    look: Look
    uptime: float | None


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of time in equal steps, oldest first."""

    cells: tuple[Cell, ...]
    width: str
    cell: str
    uptime: float | None


def look_of(state: str) -> Look:
    """How a state looks; one that is not known does not look well."""
    return _LOOKS.get(state, Look.BAD)


def spans(
    periods: Iterable[Period], *, start: datetime, end: datetime, patience: timedelta
) -> tuple[Span, ...]:
    """The whole time from `start` to `end`, without holes: what was not kept looks like nothing.

    A bot that runs is silent from its last poll on, if that was more than `patience` before its state ended: the
    process died, and nobody was left to say so.
    """
    found: list[Span] = []
    at = start
    for period in sorted(periods, key=lambda each: (each.since, each.until)):
        # Hosts whose clocks differ may have written what overlaps: who came first is believed.
        since, until = max(period.since, at), min(period.until, end)
        if until <= since:
            continue
        if since > at:
            found.append(Span(Look.NONE, "", at, since))
        found.extend(
            _parted(replace(period, since=since, until=until), began=period.since, patience=patience)
        )
        at = until
    if at < end:
        found.append(Span(Look.NONE, "", at, end))
    return tuple(_joined(found))


def uptime(parts: Iterable[Span]) -> float | None:
    """The share, 0 to 1, in which the bot heard people, of the time in which it was to; None for no such time."""
    good = wanted = 0.0
    for each in parts:
        if each.look in {Look.GOOD, Look.WAIT, Look.BAD}:
            wanted += each.seconds
            good += each.seconds if each.look is Look.GOOD else 0.0
    return good / wanted if wanted else None


def strip(parts: Sequence[Span], *, start: datetime, end: datetime, count: int) -> Strip:
    """The time from `start` to `end` as `count` cells."""
    step = (end - start) / count
    cells = []
    for place in range(count):
        since, until = start + step * place, start + step * (place + 1)
        cells.append(_cell(_within(parts, since, until), since, until, x=place * STEP + _GAP / 2))
    whole = _within(parts, start, end)
    return Strip(tuple(cells), _text(count * STEP), _text(STEP - _GAP), uptime(whole))


def troubles(parts: Iterable[Span], *, at_least: timedelta) -> list[Span]:
    """When it was not well, the newest first; a start or a hiccup counts from `at_least` on."""
    shown = [
        each
        for each in parts
        if each.look is Look.BAD or (each.look is Look.WAIT and each.until - each.since >= at_least)
    ]
    return shown[::-1]


def _parted(period: Period, *, began: datetime, patience: timedelta) -> Iterator[Span]:
    look = look_of(period.state)
    heard = max(period.heard_at or began, began)
    if look is Look.GOOD and period.until - heard > patience:
        silent = max(heard, period.since)
        if silent > period.since:
            yield Span(look, period.state, period.since, silent, period.error)
        yield Span(Look.BAD, SILENT, silent, period.until)
        return
    yield Span(look, period.state, period.since, period.until, period.error)


def _joined(parts: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for each in parts:
        if last is None:
            last = each
        elif (last.state, last.error, last.until) == (each.state, each.error, each.since):
            last = replace(last, until=each.until)
        else:
            yield last
            last = each
    if last is not None:
        yield last


def _within(parts: Sequence[Span], since: datetime, until: datetime) -> list[Span]:
    return [
        replace(each, since=max(each.since, since), until=min(each.until, until))
        for each in parts
        if each.since < until and each.until > since
    ]


def _cell(parts: Sequence[Span], since: datetime, until: datetime, *, x: float) -> Cell:
    whole = (until - since).total_seconds()
    shares = {look: sum(each.seconds for each in parts if each.look is look) / whole for look in _ORDER}
    shown = {look: max(share, _LEAST) for look, share in shares.items() if share > 0}
    known = sum(shares.values())
    # Scaled back to what is known of the cell, so that small parts take their room from large ones.
    scale = max(known, _LEAST) / sum(shown.values()) if shown else 0.0
    drawn, below = [], 0.0
    for look, share in shown.items():
        height = share * scale * HEIGHT
        below += height
        drawn.append(Part(look, _text(HEIGHT - below), _text(height)))
    worst = next((look for look in reversed(_ORDER) if look in shown), Look.NONE)
    return Cell(since, until, _text(x), tuple(drawn), worst, uptime(parts))


def _text(number: float) -> str:
    return f"{number:.2f}"
