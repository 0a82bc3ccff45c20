from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sessions_app.contracts import Opening
from sessions_app.services.keep_words import keep_words
from sessions_app.statements import SQL

# How far back a prompt may look; the window by length is the prompt's own business.
LONGEST_HISTORY = 40


def open_turns(*, bot_id: UUID, openings: Sequence[Opening]) -> list[list[tuple[str, str]]]:
    """Keep the words of a batch of turns, and read what was said before in their sessions, oldest first,
    as (role, text).
    """
    keep_words(
        bot_id=bot_id,
        words=[(each.conversation_id, each.session_id, words) for each in openings for words in each.words],
    )
    rows = SQL["histories"].rows(
        {
            "bot_id": bot_id,
            "session_ids": [each.session_id for each in openings],
            "inbound_ids": [words.inbound_id for each in openings for words in each.words],
            "longest": LONGEST_HISTORY,
        }
    )
    histories: dict[UUID, list[tuple[str, str]]] = {}
    for row in rows:
        histories.setdefault(row.session_id, []).append((row.role, row.text))
    return [histories.get(each.session_id, []) for each in openings]
