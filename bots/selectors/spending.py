"""What a bot has spent on its model today, and what is left of its budgets. A day is a UTC day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Literal
from uuid import UUID

from django.db.models import Sum

from bots.models import Bot, BotMetric
from core.clock import clock
from core.tenancy import in_bot

# All that the model cost, and how much of it went into keeping profiles; in millionths of a USD.
TOTAL = "model_cost_micros"
ROTATION = "rotation_cost_micros"

Purpose = Literal["own", "rotation"]


@dataclass(frozen=True, slots=True)
class Spending:
    """Millionths of a USD since midnight (UTC); the rotation's are part of the total."""

    total_micros: int
    rotation_micros: int


@dataclass(frozen=True, slots=True)
class Budget:
    """Millionths of a USD a day; None is no limit."""

    daily_micros: int | None
    rotation_micros: int | None


def spent_today(*, bot_id: UUID) -> Spending:
    """What the bot's processes have written down; a worker does so every few seconds."""
    midnight = datetime.combine(clock.now().date(), time.min, tzinfo=UTC)
    with in_bot(bot_id):
        rows = (
            BotMetric.objects.for_bot(bot_id)
            .filter(at__gte=midnight, name__in=[TOTAL, ROTATION])
            .values_list("name")
            .annotate(total=Sum("total"))
            .order_by("name")
        )
        spent = {name: round(total) for name, total in rows}
    return Spending(total_micros=spent.get(TOTAL, 0), rotation_micros=spent.get(ROTATION, 0))


def budget_of(*, bot_id: UUID) -> Budget:
    """What staff have set; no limits for a bot that is gone."""
    row = Bot.objects.filter(id=bot_id).values_list("daily_budget_usd", "rotation_budget_usd").first()
    daily, rotation = row or (None, None)
    return Budget(daily_micros=_micros(daily), rotation_micros=_micros(rotation))


def budget_left(*, bot_id: UUID, purpose: Purpose) -> int | None:
    """Millionths of a USD that the bot may still spend today on what it does by itself; None is no limit.

    The day's budget holds for all purposes, the rotation's own one besides for keeping profiles.
    """
    budget = budget_of(bot_id=bot_id)
    rotation_limit = budget.rotation_micros if purpose == "rotation" else None
    if budget.daily_micros is None and rotation_limit is None:
        return None
    spent = spent_today(bot_id=bot_id)
    left = [
        limit - used
        for limit, used in (
            (budget.daily_micros, spent.total_micros),
            (rotation_limit, spent.rotation_micros),
        )
        if limit is not None
    ]
    return max(0, min(left))


def _micros(usd: float | None) -> int | None:
    return None if usd is None else round(usd * 1_000_000)
