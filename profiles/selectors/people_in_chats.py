from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from profiles.models import Profile
from profiles.plain import plain_line


@dataclass(frozen=True, slots=True)
class PersonName:
    """Somebody as lists name them."""

    id: UUID
    name: str


def people_in_chats(*, bot_id: UUID, telegram_ids: Collection[int]) -> dict[int, PersonName]:
    """Those of a bot who are called so in Telegram: by their number there."""
    rows = Profile.objects.for_bot(bot_id).filter(telegram_id__in=telegram_ids)
    return {
        telegram_id: PersonName(
            profile_id, plain_line(f"{first} {last}", 60) or plain_line(username, 64) or str(telegram_id)
        )
        for telegram_id, profile_id, first, last, username in rows.values_list(
            "telegram_id", "id", "first_name", "last_name", "username"
        )
    }
