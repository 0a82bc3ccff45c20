"""Looking for words in private conversations, which is kept as a reading of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from core.clock import clock
from core.ids import new_id
from sessions_app.statements import SQL

KIND: Final = "words.searched"
_ONE_SEARCH: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Said:
    """People, as (bot, profile), and when they said it last. `is_wordless`: nothing but words that everybody says.

    `is_cut`: of very many who said it, those who said it lately.
    """

    people: Mapping[tuple[UUID, UUID], datetime]
    is_wordless: bool = False
    is_cut: bool = False


def search_words(*, bot_ids: Sequence[UUID], words: str, reader_id: int, most: int) -> Said:
    """Who of these bots' people said all of the words in one message, in any form of them; at most `most` of them.

    Russian and English words are found in their other forms too. Of words that very many say, those who said them
    lately are taken. That a member of staff looked is kept, of each bot and once in ten minutes: who it was, never
    the words, which may be somebody's own.
    """
    now = clock.now()
    rows = SQL["search_words"].rows(
        {
            "bot_ids": list(bot_ids),
            "event_ids": [new_id() for _bot in bot_ids],
            "words": words,
            "most": most,
            "kind": KIND,
            "reader_id": reader_id,
            "now": now,
            "lately": now - _ONE_SEARCH,
        }
    )
    people = {(row.bot_id, row.profile_id): row.said_at for row in rows if row.profile_id is not None}
    is_cut = len(people) > most or any(row.is_cut for row in rows)
    return Said(dict(islice(people.items(), most)), rows[0].is_wordless, is_cut)
