from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q

from bots.models import Bot
from broadcast.audience import audience, known_words
from broadcast.contracts import Estimate
from broadcast.criteria.parsing import parse
from core.clock import clock

# Counting that takes longer than this is given up: the audience is large, that is what matters.
PATIENCE_MS = 3000
DEFAULT_RATE = 30.0


def estimate(*, bot_ids: Sequence[UUID], criteria: str, rate: float | None = None) -> Estimate:
    """How many people a broadcast would reach as they are now, by the bot that they used last, and for how long.

    Raises CriteriaError for criteria that are not understood.
    """
    read = parse(criteria, known_words())
    now = clock.now()
    counts: dict[UUID, int] = {}
    is_at_least = False
    for bot_id in bot_ids:
        people = audience(bot_id, read, now=now)
        for other in bot_ids:
            if other != bot_id:
                later = Q(last_seen_at__gt=OuterRef("last_seen_at")) | Q(
                    last_seen_at=OuterRef("last_seen_at"), id__gt=OuterRef("id")
                )
                same = audience(other, read, now=now).filter(later, telegram_id=OuterRef("telegram_id"))
                people = people.filter(~Exists(same))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
                counts[bot_id] = people.count()
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        except OperationalError:
            is_at_least = True
            counts[bot_id] = 0
    rates = dict(Bot.objects.filter(id__in=bot_ids).values_list("id", "sends_per_second"))
    seconds = [count / (rate or rates.get(bot_id) or DEFAULT_RATE) for bot_id, count in counts.items()]
    return Estimate(counts, is_at_least, max(seconds, default=0.0))
