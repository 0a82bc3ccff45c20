"""A session ends: what it came to is kept with it and with the person, and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import clock
from events.services.record_event import record_event
from profiles.services.update_portrait import update_portrait
from sessions_app.contracts import Cost, Line, OpenSession, Visit
from sessions_app.lines import diagnostic_result, line, session_ended
from sessions_app.models import Session, SessionState
from sessions_app.outcomes import DiagnosticResult, SessionSummary
from sessions_app.services.answer import answer


def complete_with_summary(*, visit: Visit, session: OpenSession, outcome: SessionSummary, cost: Cost) -> None:
    """End a session with its summary: patterns, core issue, the metaphysical profile, and a word of it all."""
    _complete(
        visit=visit,
        session=session,
        summary=outcome.summary,
        patterns=outcome.patterns,
        core_issue=outcome.core_issue or "",
        data={**session.data, "next_step": outcome.next_step},
    )
    update_portrait(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        metaphysical={**outcome.metaphysical.model_dump(), "session": str(session.id)},
    )
    told = session_ended(
        visit.language,
        summary=outcome.summary,
        patterns=outcome.patterns,
        core_issue=outcome.core_issue,
        next_step=outcome.next_step,
    )
    answer(visit=visit, lines=[told], session_id=session.id, cost=cost)


def complete_with_diagnosis(
    *, visit: Visit, session: OpenSession, outcome: DiagnosticResult, cost: Cost, first: Sequence[Line] = ()
) -> None:
    """End a diagnostic with what it found: psychotype, stage, strengths, challenges, a stream to look at."""
    stage_code = outcome.stage.value if outcome.stage else ""
    _complete(
        visit=visit,
        session=session,
        summary=outcome.explanation,
        patterns=outcome.challenges,
        core_issue="",
        data={**session.data, "result": outcome.model_dump(mode="json")},
    )
    update_portrait(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        psychotype=outcome.psychotype.value,
        strengths=outcome.strengths,
        challenges=outcome.challenges,
        journey_stage=stage_code,
    )
    told = diagnostic_result(
        visit.language,
        explanation=outcome.explanation,
        psychotype=outcome.psychotype.value,
        stage_code=stage_code,
        strengths=outcome.strengths,
        challenges=outcome.challenges,
        stream=outcome.suggested_stream,
    )
    answer(visit=visit, lines=[*first, told], session_id=session.id, cost=cost)


def complete_untold(
    *, visit: Visit, session: OpenSession, key: str, error: str = "", cost: Cost | None = None
) -> None:
    """End a session of which nothing can be told: it was empty, or the model could not be reached."""
    _complete(
        visit=visit, session=session, summary="", patterns=(), core_issue="", data=session.data, error=error
    )
    answer(visit=visit, lines=[line(key, visit.language)], session_id=session.id, cost=cost)


def _complete(
    *,
    visit: Visit,
    session: OpenSession,
    summary: str,
    patterns: Sequence[str],
    core_issue: str,
    data: Mapping[str, Any],
    error: str = "",
) -> None:
    now = clock.now()
    Session.objects.for_bot(visit.bot_id).filter(id=session.id).update(
        state=SessionState.COMPLETED,
        completed_at=now,
        summary=summary,
        patterns=list(patterns),
        core_issue=core_issue,
        data=dict(data),
        last_error=error,
        last_error_at=now if error else None,
    )
    record_event(
        bot_id=visit.bot_id,
        kind="session.completed",
        profile_id=visit.person.id,
        payload={"session": str(session.id), "kind": session.kind, "questions": session.question_count},
        correlation_id=visit.correlation_id,
    )
