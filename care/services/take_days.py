from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from care.answer_times import BOUNDS, in_classes
from care.models import BotDay
from care.statements import SQL
from core.clock import clock

# So many days are looked back upon, today among them.
DAYS: Final = 30
_COUNTED: Final = ("people", "words_in", "words_out", "by_staff", "sessions", "completed", "answers")


def take_days(*, bot_id: UUID) -> int:
    """Count those of a bot's last days that are not counted yet, or not to the end; of how many.

    Days of which nothing is kept are made up for at once, from the rows that are still there.
    """
    now = clock.now()
    today = now.date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    kept = {row.day: row for row in BotDay.objects.for_bot(bot_id).filter(day__gte=days[0])}
    due = [day for day in days if day not in kept or kept[day].is_due(now)]
    if due:
        _count(bot_id, due[0], today, set(due))
    return len(due)


def _count(bot_id: UUID, first: date, last: date, due: set[date]) -> None:
    now, began = clock.now(), clock.monotonic()
    until = last + timedelta(days=1)
    rows = SQL["count_days"].rows(
        {
            "bot_id": bot_id,
            "first": first,
            "until": until,
            "begin": _midnight(first),
            "end": _midnight(until),
            "sampled_from": _midnight(last - timedelta(days=1)),
            "bounds": list(BOUNDS),
        }
    )
    took_ms = round((clock.monotonic() - began) * 1000)
    taken = [
        BotDay(
            bot_id=bot_id,
            day=row.day,
            people=row.people,
            words_in=row.words_in,
            words_out=row.words_out,
            by_staff=row.by_staff,
            sessions=row.sessions,
            completed=row.completed,
            cost_micros=round(row.cost_micros),
            answers=in_classes(row.answers),
            taken_at=now,
            took_ms=took_ms // len(rows),
        )
        for row in rows
        if row.day in due
    ]
    BotDay.objects.bulk_create(
        taken,
        update_conflicts=True,
        unique_fields=["bot", "day"],
        update_fields=[*_COUNTED, "cost_micros", "taken_at", "took_ms"],
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
