from __future__ import annotations

from sessions_app.contracts import Visit
from sessions_app.crisis import hotline_list
from sessions_app.lines import line
from sessions_app.models import Session, SessionState
from sessions_app.services.answer import answer


def resume_session(*, visit: Visit, how: str) -> None:
    """Go on with the session at hand: `open` as it was, `gently` after a crisis, or `not_now`."""
    language, at_hand = visit.language, visit.session
    if at_hand is None:
        answer(visit=visit, lines=[line("session.none_open", language)])
    elif how == "not_now":
        answer(visit=visit, lines=[line("session.stay_paused", language, hotlines=hotline_list(language))])
    elif at_hand.state == SessionState.PAUSED:
        data = {**at_hand.data, "gently": True}
        Session.objects.for_bot(visit.bot_id).filter(id=at_hand.id).update(
            state=SessionState.ACTIVE, data=data
        )
        answer(visit=visit, lines=[line("session.resumed_gently", language)], session_id=at_hand.id)
    else:
        answer(visit=visit, lines=[line(f"session.resumed.{at_hand.kind}", language)])
