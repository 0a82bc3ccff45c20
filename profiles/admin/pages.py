"""Pages of people, the most recently seen first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from profiles.models import Profile

ORDER = ("-last_seen_at", "-id")
# With more, asking each of them costs as much as sorting everybody.
_MOST_BOTS = 100


def page_of_people(
    people: QuerySet[Profile], *, bot_ids: Sequence[UUID], start: int, stop: int
) -> list[Profile]:
    """The people from `start` to `stop` in the order of when they were seen, over all these bots.

    An index knows that order within a bot only. So the first of each bot are asked for, and put together: of a
    million people in ten bots that takes milliseconds, and sorting them takes seconds.
    """
    people = people.order_by(*ORDER)
    if len(bot_ids) == 1:
        return list(people.filter(bot_id=bot_ids[0])[start:stop])
    if len(bot_ids) > _MOST_BOTS:
        return list(people[start:stop])
    places = people.select_related(None).values_list("last_seen_at", "id", "bot_id")
    firsts = [places.filter(bot_id=bot_id)[:stop] for bot_id in bot_ids]
    if not firsts:
        return []
    found = list(firsts[0].union(*firsts[1:], all=True).order_by(*ORDER)[start:stop])
    ids = [person_id for _at, person_id, _bot in found]
    seen = {bot_id for _at, _person, bot_id in found}
    by_id = {person.id: person for person in people.filter(bot_id__in=seen, id__in=ids)}
    # Whoever wrote in between has moved on, but is still there.
    return [by_id[each] for each in ids if each in by_id]
