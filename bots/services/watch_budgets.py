from __future__ import annotations

from django.db.models import Q

from bots.models import Bot, WantedState
from bots.services.tell_if_spent import tell_if_spent


def watch_budgets() -> int:
    """Look at every bot that runs within a budget, and let staff know which are spent; how many are news."""
    limited = Q(daily_budget_usd__isnull=False) | Q(rotation_budget_usd__isnull=False)
    bots = Bot.objects.filter(limited).exclude(wanted_state=WantedState.STOPPED)
    return sum(tell_if_spent(bot_id=bot_id) for bot_id in bots.order_by("id").values_list("id", flat=True))
