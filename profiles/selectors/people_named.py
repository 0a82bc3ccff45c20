from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from profiles.models import Profile
from profiles.plain import plain_line
from profiles.selectors.find_people import find_people


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody of a bot, and what they are called."""

    id: UUID
    name: str
    bot: str


def people_named(*, bot_ids: Sequence[UUID], term: str, most: int) -> list[Named]:
    """People of these bots by name, username or Telegram id (`find_people`), the most recently seen first."""
    ids = find_people(bot_ids=bot_ids, term=term)[:most] if bot_ids else []
    rows = Profile.objects.filter(bot_id__in=bot_ids, id__in=ids).select_related("bot")
    people = {
        each.id: each for each in rows.only("first_name", "last_name", "username", "telegram_id", "bot__name")
    }
    return [Named(each, _name(people[each]), people[each].bot.name) for each in ids if each in people]


def _name(person: Profile) -> str:
    name = plain_line(f"{person.first_name} {person.last_name}", 60)
    return name or (f"@{person.username}" if person.username else str(person.telegram_id))
