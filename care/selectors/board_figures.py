from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from care.models import BotDay, KeptFigures

_DAY = ("people", "words_in", "words_out", "by_staff", "sessions", "completed", "cost_micros", "answers")


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One UTC day of a bot; `answers` as `care.answer_times` has them."""

    day: date
    people: int
    words_in: int
    words_out: int
    by_staff: int
    sessions: int
    completed: int
    cost_micros: int
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BoardFigures:
    """A bot as it was counted last, at `taken_at`: `figures` are whole numbers by name, as BotFigures names them."""

    bot_id: UUID
    figures: Mapping[str, int]
    stages: Mapping[str, int]
    days: tuple[DayFigures, ...]
    taken_at: datetime


def board_figures(*, bot_ids: Collection[UUID], since: date) -> list[BoardFigures]:
    """What is kept of these bots, with their days from `since` on; counts nothing, and is one query.

    A bot that was not counted yet, in its first minute, is left out.
    """
    days = BotDay.objects.filter(bot_id=OuterRef("bot_id"), day__gte=since).order_by("day")
    shown = JSONObject(day="day", **{name: name for name in _DAY})
    rows = KeptFigures.objects.filter(bot_id__in=bot_ids).annotate(
        days=ArraySubquery(days.values(shown=shown))
    )
    return [_read(row) for row in rows]


def _read(row: Any) -> BoardFigures:
    kept = dict(row.figures)
    stages = kept.pop("stages", {})
    days = tuple(
        DayFigures(
            day=date.fromisoformat(each["day"]),
            answers=tuple(each["answers"]),
            **{name: each[name] for name in _DAY if name != "answers"},
        )
        for each in row.days
    )
    return BoardFigures(row.bot_id, kept, stages, days, row.taken_at)
