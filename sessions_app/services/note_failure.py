from __future__ import annotations

from contextlib import suppress

from bots.services.raise_alert import raise_alert
from core.clock import clock
from sessions_app.contracts import Visit
from sessions_app.errors import InboxError
from sessions_app.lines import line
from sessions_app.models import Need, Session
from sessions_app.services.answer import answer
from sessions_app.services.take_over import need_human


def note_failure(*, visit: Visit, code: str) -> None:
    """Something of ours failed for good: keep the words and the place, note what it was, say so kindly, and put the
    conversation before the team.

    The updates are buried under `code`, an error's constant name, for staff to look at.
    """
    session_id = visit.session.id if visit.session else None
    if session_id is not None:
        Session.objects.for_bot(visit.bot_id).filter(id=session_id).update(
            last_error=code[:100], last_error_at=clock.now()
        )
    # Who was erased meanwhile needs nobody.
    with suppress(InboxError):
        need_human(bot_id=visit.bot_id, conversation_id=visit.conversation_id, need=Need.FAILED)
    raise_alert(kind="error", bot_id=visit.bot_id, subject="update buried", detail=code)
    answer(
        visit=visit,
        lines=[line("error.kept", visit.language, variant=visit.cause.int)],
        session_id=session_id,
        bury_as=code,
    )
