from __future__ import annotations

from collections.abc import Sequence

from core.clock import clock
from core.ids import new_id
from core.tenancy import the_bot
from profiles.services.recognise import recognise
from sessions_app.contracts import Arrived, Arriving, OpenSession
from sessions_app.statements import SQL


def enter(arrivals: Sequence[Arriving]) -> list[Arrived]:
    """Recognise who comes in and find the conversation and the session they come back to, for a batch of one bot.

    Two statements for the whole batch, in the caller's scope, which is of one bot.
    """
    bot_id = the_bot()
    people = recognise(bot_id=bot_id, sightings=[each.sighting for each in arrivals])
    chats = {each.chat_id: people[each.sighting.telegram_id].id for each in arrivals}
    rows = SQL["enter"].rows(
        {
            "bot_id": bot_id,
            "now": clock.now(),
            "ids": [new_id() for _ in chats],
            "chat_ids": list(chats),
            "profile_ids": list(chats.values()),
        }
    )
    places = {
        row.chat_id: (
            row.conversation_id,
            OpenSession(*row[4:]) if row.session_id is not None else None,
            row.awaits,
            row.mode or "",
        )
        for row in rows
    }
    return [Arrived(people[each.sighting.telegram_id], *places[each.chat_id]) for each in arrivals]
