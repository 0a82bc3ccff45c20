from __future__ import annotations

from sessions_app.companion import StageBook
from sessions_app.contracts import Visit
from sessions_app.lines import as_texts, line, overview
from sessions_app.selectors.latest_session import latest_session
from sessions_app.services.answer import answer


def show_summary(*, visit: Visit, stages: StageBook) -> None:
    """/my_session_summary: what the open session has come to so far, or the last one came to."""
    session = latest_session(bot_id=visit.bot_id, conversation_id=visit.conversation_id)
    if session is None:
        answer(visit=visit, lines=[line("overview.none", visit.language)])
        return
    at = visit.person.journey_stage
    shown = overview(
        visit.language,
        kind=session.kind,
        state=session.state,
        started_at=session.started_at,
        questions=session.question_count,
        stage=stages.stage(at, visit.language).name if at else "",
        patterns=as_texts(session.patterns),
        core_issue=session.core_issue,
        summary=session.summary,
    )
    answer(visit=visit, lines=[shown])
