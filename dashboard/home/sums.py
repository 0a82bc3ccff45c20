"""Figures of several bots as one. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from care.answer_times import added, percentile

if TYPE_CHECKING:
    from care.selectors.board_figures import BoardFigures, DayFigures


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day of all these bots."""

    day: date
    people: int
    words_in: int
    words_out: int
    by_staff: int
    sessions: int
    completed: int
    cost_micros: int

    @property
    def words(self) -> int:
        return self.words_in + self.words_out


_COUNTS = ("people", "words_in", "words_out", "by_staff", "sessions", "completed", "cost_micros")


def days_of(boards: Sequence[BoardFigures], *, today: date, count: int) -> tuple[Day, ...]:
    """The last days, oldest first and today last; days of which nothing is kept are empty."""
    return tuple(_day(boards, today - timedelta(days=back)) for back in range(count - 1, -1, -1))


def people_of(boards: Sequence[BoardFigures]) -> Counter[str]:
    """Whole numbers by name; whoever is with two bots counts with each."""
    total: Counter[str] = Counter()
    for each in boards:
        total.update(each.figures)
    return total


def stages_of(boards: Sequence[BoardFigures]) -> Counter[str]:
    """People by the code of the stage that they are at."""
    total: Counter[str] = Counter()
    for each in boards:
        total.update(each.stages)
    return total


def reached(stages: Counter[str], codes: Sequence[str]) -> dict[str, int]:
    """How many are at each stage of the path, or beyond it."""
    beyond, found = 0, {}
    for code in reversed(codes):
        beyond += stages[code]
        found[code] = beyond
    return {code: found[code] for code in codes}


def answer_times(boards: Sequence[BoardFigures]) -> tuple[float | None, float | None]:
    """The seconds within which half of today's answers came, and 95 of 100."""
    counts = added(each.answers for each in boards)
    return percentile(counts, 0.5), percentile(counts, 0.95)


def _day(boards: Sequence[BoardFigures], day: date) -> Day:
    parts: list[DayFigures] = [each for board in boards for each in board.days if each.day == day]
    sums = {name: sum(getattr(each, name) for each in parts) for name in _COUNTS}
    return Day(day=day, **sums)
