from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Final
from uuid import UUID

from core.clock import clock
from mailbox.selectors.media import media_with
from mailbox.services.keep_media import keep_media
from profiles.services.export_person import export_person
from sessions_app.contracts import Line, Visit
from sessions_app.services.answer import answer
from sessions_app.speech import say

# Whoever asks again within this time gets the same file again.
SAME_FILE_FOR: Final = timedelta(minutes=10)
_TYPE: Final = "application/zip"


def hand_over(*, visit: Visit) -> None:
    """/export: a file with all that this bot keeps about the person, also where they have not consented."""
    answer(visit=visit, lines=[Line(say("export.here_it_is", visit.language), document=_file(visit))])


def _file(visit: Visit) -> UUID:
    span = int(clock.now().timestamp() // SAME_FILE_FOR.total_seconds())
    digest = f"export:{visit.person.id.hex}:{span}"
    known = media_with(bot_id=visit.bot_id, digest=digest)
    if known is not None:
        return known
    file = BytesIO()
    export_person(bot_id=visit.bot_id, profile_id=visit.person.id, into=file)
    return keep_media(
        bot_id=visit.bot_id,
        digest=digest,
        filename=f"relove-{clock.now():%Y-%m-%d}.zip",
        content_type=_TYPE,
        content=file.getvalue(),
        # Theirs alone: it goes with them.
        chat_id=visit.person.telegram_id,
    )
