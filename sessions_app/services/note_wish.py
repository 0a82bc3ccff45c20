from __future__ import annotations

from contextlib import suppress

from sessions_app.contracts import Visit
from sessions_app.errors import InboxError
from sessions_app.models import Need
from sessions_app.services.take_over import need_human


def note_wish(*, visit: Visit) -> None:
    """Somebody asks for a human: the team sees it in the inbox. The bot goes on answering until one takes over."""
    # Who was erased meanwhile needs nobody.
    with suppress(InboxError):
        need_human(bot_id=visit.bot_id, conversation_id=visit.conversation_id, need=Need.ASKED)
