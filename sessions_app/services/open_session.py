from __future__ import annotations

from core.clock import clock
from events.services.record_event import record_event
from sessions_app.contracts import Visit
from sessions_app.lines import after_crisis, line, other_open
from sessions_app.models import Session, SessionState
from sessions_app.services.answer import answer


def open_session(*, visit: Visit, kind: str) -> None:
    """Open a session of this kind, or go back into the open one; where another is open, ask first."""
    language, at_hand = visit.language, visit.session
    if at_hand is None:
        begin_session(visit=visit, kind=kind)
    elif at_hand.state == SessionState.PAUSED:
        answer(visit=visit, lines=[after_crisis(language)])
    elif at_hand.kind == kind:
        key = "session.resumed" if at_hand.question_count else "session.already_open"
        answer(visit=visit, lines=[line(f"{key}.{kind}", language)])
    else:
        answer(visit=visit, lines=[other_open(language, is_open=at_hand.kind, wanted=kind)])


def switch_session(*, visit: Visit, kind: str) -> None:
    """End the open session without a summary and begin one of the other kind; the person chose so."""
    at_hand = visit.session
    if at_hand is not None and at_hand.state == SessionState.ACTIVE and at_hand.kind != kind:
        Session.objects.for_bot(visit.bot_id).filter(id=at_hand.id).update(
            state=SessionState.ABANDONED, completed_at=clock.now()
        )
        record_event(
            bot_id=visit.bot_id,
            kind="session.abandoned",
            profile_id=visit.person.id,
            payload={"session": str(at_hand.id), "kind": at_hand.kind},
            correlation_id=visit.correlation_id,
        )
        begin_session(visit=visit, kind=kind)
    else:
        open_session(visit=visit, kind=kind)


def begin_session(*, visit: Visit, kind: str) -> None:
    """A new session, with its opening words. There must be none open."""
    session = Session(
        bot_id=visit.bot_id, conversation_id=visit.conversation_id, kind=kind, started_at=clock.now()
    )
    Session.objects.bulk_create([session])
    record_event(
        bot_id=visit.bot_id,
        kind="session.started",
        profile_id=visit.person.id,
        payload={"session": str(session.id), "kind": kind},
        correlation_id=visit.correlation_id,
    )
    opening = line(f"session.{kind}_opened", visit.language, variant=session.id.int)
    answer(visit=visit, lines=[opening], session_id=session.id)
