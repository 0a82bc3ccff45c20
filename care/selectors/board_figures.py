from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from bots.contracts import BotOverview
from bots.models import BotStatus
from bots.selectors.bot_overviews import overview_of
from care.models import BotDay, KeptFigures
from mailbox.models import InboundUpdate

_DAY = ("people", "words_in", "words_out", "by_staff", "sessions", "completed", "cost_micros")


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One UTC day of a bot."""

    day: date
    people: int
    words_in: int
    words_out: int
    by_staff: int
    sessions: int
    completed: int
    cost_micros: int


@dataclass(frozen=True, slots=True)
class BoardFigures:
    """A bot as it is, and as it was counted last.

    `figures` are whole numbers by name, as BotFigures names them; `answers` are those of today by how long they took
    (`care.answer_times`). `taken_at` is None, and all of these empty, for a bot in its first minute. `waiting_since`
    is that of the oldest update that waits.
    """

    bot: BotOverview
    waiting: int
    waiting_since: datetime | None
    figures: Mapping[str, int]
    stages: Mapping[str, int]
    days: tuple[DayFigures, ...]
    answers: tuple[int, ...]
    taken_at: datetime | None


def board_figures(*, bot_ids: Collection[UUID], since: date, today: date) -> list[BoardFigures]:
    """These bots by slug, with their days from `since` on: one query, which counts nothing but what waits."""
    statuses: Any = BotStatus.objects.filter(bot_id__in=bot_ids).select_related("bot").order_by("bot__slug")
    kept = KeptFigures.objects.filter(bot_id=OuterRef("bot_id"))
    days = BotDay.objects.filter(bot_id=OuterRef("bot_id"))
    rows = statuses.annotate(
        kept=Subquery(kept.values(it=JSONObject(figures="figures", taken_at="taken_at"))),
        days=ArraySubquery(
            days.filter(day__gte=since)
            .order_by("day")
            .values(it=JSONObject(day="day", **{name: name for name in _DAY}))
        ),
        answers=Subquery(days.filter(day=today).values("answers")),
        waits=Subquery(_waiting()),
    )
    return [_read(row) for row in rows]


def _waiting() -> QuerySet[Any, Any]:
    return (
        InboundUpdate.objects.filter(bot_id=OuterRef("bot_id"), settled_at__isnull=True)
        .order_by()
        .values("bot_id")
        .annotate(it=JSONObject(count=Count("id"), oldest=Min("received_at")))
        .values("it")
    )


def _read(row: Any) -> BoardFigures:
    kept = row.kept or {"figures": {}, "taken_at": None}
    figures = dict(kept["figures"])
    stages = figures.pop("stages", {})
    waits = row.waits or {"count": 0, "oldest": None}
    return BoardFigures(
        bot=overview_of(row),
        waiting=waits["count"],
        waiting_since=_moment(waits["oldest"]),
        figures=figures,
        stages=stages,
        days=tuple(DayFigures(**{**each, "day": date.fromisoformat(each["day"])}) for each in row.days),
        answers=tuple(row.answers or ()),
        taken_at=_moment(kept["taken_at"]),
    )


def _moment(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
