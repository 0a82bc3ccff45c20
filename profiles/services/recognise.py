from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from core.clock import clock
from core.ids import new_id
from profiles.contracts import Person, Sighting
from profiles.statements import SQL


def recognise(*, bot_id: UUID, sightings: Sequence[Sighting]) -> dict[int, Person]:
    """Know (or get to know) who wrote, note that they were seen and what they did; persons by Telegram id.

    One statement for the whole batch. Who has not consented is kept by id, language and source alone.
    """
    people = {each.telegram_id: each for each in sightings}
    acts = [(act, each.telegram_id) for each in sightings for act in each.acts]
    rows = SQL["recognise"].rows(
        {
            "bot_id": bot_id,
            "now": clock.now(),
            "ids": [new_id() for _ in people],
            "telegram_ids": list(people),
            "first_names": [each.first_name for each in people.values()],
            "last_names": [each.last_name for each in people.values()],
            "usernames": [each.username for each in people.values()],
            "languages": [each.language for each in people.values()],
            "sources": [each.source for each in people.values()],
            "act_ids": [act.id for act, _ in acts],
            "act_telegram_ids": [telegram_id for _, telegram_id in acts],
            "act_kinds": [act.kind for act, _ in acts],
            "act_details": [Jsonb(act.details) for act, _ in acts],
        }
    )
    return {row.telegram_id: Person(*row) for row in rows}
