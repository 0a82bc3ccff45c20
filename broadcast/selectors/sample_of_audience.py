from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, transaction

from bots.models import Bot
from broadcast.audience import audience, known_words
from broadcast.contracts import Candidate
from broadcast.criteria.parsing import parse
from broadcast.selectors.readers import COLUMNS, reader
from core.clock import clock

# People who are so rare that they are not found within this time are not shown.
PATIENCE_MS = 1000


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody of an audience, with the bot that they belong to."""

    bot_id: UUID
    bot_name: str
    reader: Candidate
    last_name: str
    username: str
    last_seen_at: datetime


def sample_of_audience(*, bot_ids: Sequence[UUID], criteria: str, most: int = 5) -> list[SamplePerson]:
    """A few of the people whom criteria speak of, in no order; fewer where they are hard to find.

    Raises CriteriaError for criteria that are not understood.
    """
    read = parse(criteria, known_words())
    now = clock.now()
    names = dict(Bot.objects.filter(id__in=bot_ids).values_list("id", "name"))
    found: list[SamplePerson] = []
    seen: set[int] = set()
    # A person in several bots stands there once.
    for bot_id in [each for each in bot_ids if each in names]:
        people = audience(bot_id, read, now=now).only(*COLUMNS, "last_name", "username", "last_seen_at")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
                rows = list(people[: most + len(seen)])
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        except OperationalError:
            continue
        for person in rows:
            if person.telegram_id not in seen and len(found) < most:
                seen.add(person.telegram_id)
                found.append(
                    SamplePerson(
                        bot_id,
                        names[bot_id],
                        reader(person),
                        person.last_name,
                        person.username,
                        person.last_seen_at,
                    )
                )
        if len(found) >= most:
            break
    return found
