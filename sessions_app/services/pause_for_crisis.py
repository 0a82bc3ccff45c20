from __future__ import annotations

from bots.services.raise_alert import raise_alert
from events.services.record_event import record_event
from mailbox.services.withdraw import withdraw
from profiles.services.mark_underage import mark_underage
from sessions_app.contracts import Cost, Visit
from sessions_app.lines import crisis_lines
from sessions_app.models import Need, Session, SessionState
from sessions_app.services.answer import answer
from sessions_app.services.take_over import need_human


def pause_for_crisis(*, visit: Visit, kind: str, rule: str, cost: Cost | None = None) -> None:
    """Answer a sign of crisis with support, pause the session, and let staff know.

    `kind` is self_harm, violence, abuse or minor; `rule` names what found it, never what was said.
    """
    session_id = visit.session.id if visit.session else None
    if session_id is not None:
        Session.objects.for_bot(visit.bot_id).filter(id=session_id).update(state=SessionState.PAUSED)
    record_event(
        bot_id=visit.bot_id,
        kind="crisis.detected",
        profile_id=visit.person.id,
        payload={"sign": kind, "rule": rule, "session": str(session_id) if session_id else None},
        correlation_id=visit.correlation_id,
    )
    raise_alert(kind="crisis", bot_id=visit.bot_id, subject=kind)
    need_human(bot_id=visit.bot_id, conversation_id=visit.conversation_id, need=Need.CRISIS)
    withdraw(bot_id=visit.bot_id, chat_id=visit.chat_id)
    if kind == "minor":
        mark_underage(bot_id=visit.bot_id, profile_id=visit.person.id)
    lines = crisis_lines(kind, visit.language, is_paused=session_id is not None)
    # A minor's consent has just ended: nothing more of theirs is kept.
    consented = False if kind == "minor" else None
    answer(visit=visit, lines=lines, session_id=session_id, cost=cost, consented=consented)
