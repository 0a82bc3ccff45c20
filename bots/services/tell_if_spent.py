from __future__ import annotations

from uuid import UUID

from bots.models import Alert, AlertKind
from bots.selectors.spending import budget_of, spent_today
from bots.services.raise_alert import raise_alert
from core.clock import clock


def tell_if_spent(*, bot_id: UUID) -> bool:
    """Let staff know that a budget of this bot is spent, once a day (UTC) for each; whether that is news."""
    budget = budget_of(bot_id=bot_id)
    if budget.daily_micros is None and budget.rotation_micros is None:
        return False
    spent = spent_today(bot_id=bot_id)
    figures = {
        "daily": (budget.daily_micros, spent.total_micros),
        "rotation": (budget.rotation_micros, spent.rotation_micros),
    }
    told = [_tell(bot_id, name, limit, used) for name, (limit, used) in figures.items()]
    return any(told)


def _tell(bot_id: UUID, name: str, limit: int | None, used: int) -> bool:
    if limit is None or used < limit:
        return False
    subject = f"{clock.now().date()} {name}"
    # Two who look at the same moment are told apart by the alert itself, which counts the second.
    if Alert.objects.filter(bot_id=bot_id, kind=AlertKind.BUDGET_SPENT, subject=subject).exists():
        return False
    detail = f"{used / 1_000_000:.2f} of {limit / 1_000_000:.2f} USD"
    return raise_alert(kind=AlertKind.BUDGET_SPENT, bot_id=bot_id, subject=subject, detail=detail)
