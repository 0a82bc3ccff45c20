from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError

from care.models import KeptFigures
from care.services.take_days import take_days
from care.services.take_figures import take_figures
from core.clock import clock
from core.tenancy import across_bots, in_bot, visible_bots


def refresh_figures() -> int:
    """Count the figures of bots and of their days anew, before anybody has to wait for them; of how many bots.

    Quick ones every minute, so that pages which only look at what is kept are true; slow ones less often.
    """
    refreshed = 0
    for bot_id in _due():
        try:
            with in_bot(bot_id):
                take_figures(bot_id=bot_id)
                take_days(bot_id=bot_id)
        except IntegrityError:
            # The bot was deleted since it was listed.
            continue
        refreshed += 1
    return refreshed


def _due() -> list[UUID]:
    now = clock.now()
    with across_bots(reason="look for figures that age"):
        kept = {row.bot_id: row for row in KeptFigures.objects.defer("figures")}
        return [bot_id for bot_id in visible_bots() or () if bot_id not in kept or kept[bot_id].is_due(now)]
