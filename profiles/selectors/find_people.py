from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from profiles.models import Profile
from profiles.plain import plain_line
from profiles.statements import SQL

MOST = 200
# People of all bots together whose names are looked at, those seen last; a look-up by Telegram id knows everybody.
LOOKED_AT = 20_000
_LEAST_A_BOT = 500


def find_people(*, bot_ids: Sequence[UUID], term: str) -> list[UUID]:
    """People of these bots, the most recently seen first, at most 200.

    A number is a Telegram id. `@vera` and `https://t.me/vera` are a username, or the beginning of one. Anything else
    is the beginning of a username, or of words of a name in their order, small and capital letters alike. Beginnings
    are looked for among people seen lately, a whole id or username among all.
    """
    said = plain_line(term, 100)
    if said.isascii() and said.isdecimal():
        people = Profile.objects.filter(bot_id__in=bot_ids, telegram_id=int(said[:18]))
        return list(people.order_by("-last_seen_at").values_list("id", flat=True)[:MOST])
    is_username = said.startswith("@") or "t.me/" in said
    word = said.rpartition("/")[2].removeprefix("@") if is_username else said
    if not word or not bot_ids:
        return []
    rows = SQL["find_people"].rows(
        {
            "bot_ids": list(bot_ids),
            "term": word.casefold(),
            "is_username": is_username,
            "looked_at": max(_LEAST_A_BOT, LOOKED_AT // len(bot_ids)),
            "most": MOST,
        }
    )
    found = [row.id for row in rows]
    # No index serves it: most of a second for a million people, so only for somebody who is not found otherwise.
    return found or (_by_username(bot_ids, word) if is_username else [])


def _by_username(bot_ids: Sequence[UUID], name: str) -> list[UUID]:
    people = Profile.objects.filter(bot_id__in=bot_ids, username__iexact=name)
    return list(people.order_by("-last_seen_at").values_list("id", flat=True)[:MOST])
