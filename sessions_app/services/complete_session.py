"""A session ends: what it came to is kept with it and with the person, and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import clock
from events.services.record_event import record_event
from journey.contracts import Move
from journey.services.mark_told import mark_all_told
from profiles.contracts import Found
from profiles.services.keep_findings import keep_findings
from profiles.services.update_portrait import update_portrait
from sessions_app.companion import StageBook
from sessions_app.contracts import Cost, Line, OpenSession, Visit
from sessions_app.crisis import hotline_list
from sessions_app.lines import diagnostic_result, line, session_ended
from sessions_app.models import Session, SessionState
from sessions_app.outcomes import DiagnosticResult, Metaphysical, SessionSummary
from sessions_app.pages import moved
from sessions_app.reflections import Reflection
from sessions_app.rendering import Html
from sessions_app.services.answer import answer
from sessions_app.services.keep_reflection import Kept, keep_reflection
from sessions_app.speech import paragraphs, say


def complete_with_summary(
    *,
    visit: Visit,
    session: OpenSession,
    outcome: SessionSummary,
    reflection: Reflection,
    stages: StageBook,
    cost: Cost,
) -> None:
    """End a session with its summary: patterns, core issue, the portrait, what moved, and a word of it all."""
    _complete(
        visit=visit,
        session=session,
        summary=outcome.summary,
        patterns=outcome.patterns,
        core_issue=outcome.core_issue or "",
        data={**session.data, "next_step": outcome.next_step},
    )
    kept = _keep(visit, session, reflection)
    if kept.is_underage:
        _turn_away(visit, session, cost)
        return
    _gather(visit, session, outcome.metaphysical)
    told = session_ended(
        visit.language,
        summary=outcome.summary,
        patterns=outcome.patterns,
        core_issue=outcome.core_issue,
        next_step=outcome.next_step,
        moved=_moved(visit, kept.move, reflection, stages),
    )
    answer(visit=visit, lines=[told], session_id=session.id, cost=cost)


def complete_with_diagnosis(
    *,
    visit: Visit,
    session: OpenSession,
    outcome: DiagnosticResult,
    reflection: Reflection,
    stages: StageBook,
    cost: Cost,
) -> None:
    """End a diagnostic with what it found: psychotype, stage, strengths, challenges, a stream to look at.

    The stage is where the person stands by the rule of all moves, with their words as evidence.
    """
    _complete(
        visit=visit,
        session=session,
        summary=outcome.explanation,
        patterns=outcome.challenges,
        core_issue="",
        data={**session.data, "result": outcome.model_dump(mode="json")},
    )
    kept = _keep(visit, session, reflection)
    if kept.is_underage:
        _turn_away(visit, session, cost)
        return
    update_portrait(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        psychotype=outcome.psychotype.value,
        strengths=outcome.strengths,
        challenges=outcome.challenges,
    )
    standing = _standing(visit, kept.move)
    told = diagnostic_result(
        visit.language,
        explanation=outcome.explanation,
        psychotype=outcome.psychotype.value,
        stage=stages.stage(standing, visit.language).name if standing else "",
        strengths=outcome.strengths,
        challenges=outcome.challenges,
        stream=outcome.suggested_stream,
    )
    answer(visit=visit, lines=[told], session_id=session.id, cost=cost)


def complete_untold(
    *,
    visit: Visit,
    session: OpenSession,
    key: str,
    error: str = "",
    cost: Cost | None = None,
    reflection: Reflection | None = None,
    stages: StageBook | None = None,
) -> None:
    """End a session of which nothing can be told: it was empty, or the model could not be reached."""
    _complete(
        visit=visit, session=session, summary="", patterns=(), core_issue="", data=session.data, error=error
    )
    told: list[str | None] = [say(key, visit.language)]
    if reflection is not None and stages is not None:
        kept = _keep(visit, session, reflection)
        if kept.is_underage:
            _turn_away(visit, session, cost or Cost())
            return
        told.append(_moved(visit, kept.move, reflection, stages))
    answer(visit=visit, lines=[Line(paragraphs(*told))], session_id=session.id, cost=cost)


def _keep(visit: Visit, session: OpenSession, reflection: Reflection) -> Kept:
    kept = keep_reflection(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        session_id=session.id,
        reflection=reflection,
        correlation_id=visit.correlation_id,
    )
    # Told now, and not once more by itself.
    mark_all_told(bot_id=visit.bot_id, profile_id=visit.person.id)
    return kept


def _gather(visit: Visit, session: OpenSession, picture: Metaphysical) -> None:
    """The picture of the inner state; of its lines the person has the last word."""
    update_portrait(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        metaphysical={**picture.model_dump(), "session": str(session.id)},
    )
    keep_findings(
        bot_id=visit.bot_id,
        profile_id=visit.person.id,
        found=[
            *(Found("theme", each) for each in picture.themes),
            *(Found("pattern", each) for each in picture.patterns),
        ],
        origin="session",
        session_id=session.id,
    )


def _moved(visit: Visit, move: Move | None, reflection: Reflection, stages: StageBook) -> Html | None:
    if move is None:
        return None
    quotes = reflection.judgement.quotes if reflection.judgement else ()
    return moved(
        visit.language,
        move=move,
        stage_of=lambda code: stages.stage(code, visit.language),
        quote=quotes[0] if quotes else "",
    )


def _standing(visit: Visit, move: Move | None) -> str:
    if move is None:
        return visit.person.journey_stage
    return str((move.to if move.kind == "enters" else move.was) or "")


def _turn_away(visit: Visit, session: OpenSession, cost: Cost) -> None:
    told = line("care.underage", visit.language, hotlines=hotline_list(visit.language))
    # Their consent has just ended: nothing more of theirs is kept.
    answer(visit=visit, lines=[told], session_id=session.id, cost=cost, consented=False)


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
