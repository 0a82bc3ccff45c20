"""From a visit to what the model is asked. Pure: the prompt is frozen as data before anybody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from llm.contracts import Question
from sessions_app.companion import Companion
from sessions_app.contracts import OpenSession, Visit
from sessions_app.lines import as_mapping, as_texts
from sessions_app.outcomes import CrisisVerdict, DiagnosticResult, DiagnosticStep, SessionSummary
from sessions_app.prompt import (
    PersonCard,
    Said,
    SessionCard,
    build_coach_lines,
    build_crisis_lines,
    build_diagnosis_lines,
    build_summary_lines,
)
from sessions_app.rehearsal import (
    coach_rehearsal,
    crisis_rehearsal,
    diagnosis_rehearsal,
    diagnostic_rehearsal,
    summary_rehearsal,
)

History = Sequence[Said]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, and the version of the prompt that it was made from."""

    question: Question
    prompt_version_id: UUID | None


def coach_question(*, visit: Visit, session: OpenSession, companion: Companion, history: History) -> Asking:
    """What does the coach say next? In a diagnostic, the answer also says whether enough is known."""
    language = visit.language
    task, version = companion.prompts.prompt(f"coach.{session.kind}", language)
    persona, _ = companion.prompts.prompt("persona.natasha", language)
    new = [each.text for each in visit.words]
    is_diagnostic = session.kind == "diagnostic"
    card = session_card(session)
    rehearse = diagnostic_rehearsal if is_diagnostic else partial(coach_rehearsal, is_gentle=card.is_gentle)
    return Asking(
        Question(
            purpose="diagnostic" if is_diagnostic else "coach",
            lines=build_coach_lines(
                persona=persona,
                task=task,
                person=person_card(visit),
                session=card,
                history=history,
                new=new,
                stages=companion.stages,
            ),
            rehearsal=rehearse(
                stage_code=visit.person.journey_stage or None,
                session_id=session.id,
                history=history,
                new=new,
                language=language,
                stages=companion.stages,
            ),
            schema=DiagnosticStep if is_diagnostic else None,
        ),
        version,
    )


def summary_question(*, visit: Visit, session: OpenSession, companion: Companion, history: History) -> Asking:
    """What did the session come to?"""
    task, version = companion.prompts.prompt("session.summary", visit.language)
    return Asking(
        Question(
            purpose="summary",
            lines=build_summary_lines(
                task=task,
                person=person_card(visit),
                session=session_card(session),
                history=history,
                stages=companion.stages,
            ),
            rehearsal=summary_rehearsal(history=history, language=visit.language),
            schema=SessionSummary,
            max_tokens=1500,
        ),
        version,
    )


def diagnosis_question(
    *, visit: Visit, session: OpenSession, companion: Companion, history: History
) -> Asking:
    """Who is this, where on the path, and where to look next?"""
    task, version = companion.prompts.prompt("diagnostic.result", visit.language)
    return Asking(
        Question(
            purpose="diagnosis",
            lines=build_diagnosis_lines(
                task=task,
                person=person_card(visit),
                session=session_card(session),
                history=history,
                stages=companion.stages,
                streams=companion.streams,
            ),
            rehearsal=diagnosis_rehearsal(
                history=history, language=visit.language, streams=companion.streams
            ),
            schema=DiagnosticResult,
            max_tokens=1500,
        ),
        version,
    )


def crisis_question(*, visit: Visit, companion: Companion, history: History) -> Question:
    """Do these words carry a sign of distress?"""
    task, _ = companion.prompts.prompt("crisis.check", visit.language)
    return Question(
        purpose="crisis",
        lines=build_crisis_lines(
            task=task, language=visit.language, history=history, new=[each.text for each in visit.words]
        ),
        rehearsal=crisis_rehearsal(language=visit.language),
        schema=CrisisVerdict,
        max_tokens=100,
    )


def person_card(visit: Visit) -> PersonCard:
    """The person as a prompt may know them."""
    person = visit.person
    return PersonCard(
        name=person.first_name,
        language=person.language,
        gender=person.gender,
        age=person.age,
        summary=person.psychological_summary,
        metaphysical=as_mapping(person.metaphysical_profile),
        stage_code=person.journey_stage or None,
        streams=as_texts(person.streams),
    )


def session_card(session: OpenSession) -> SessionCard:
    """The session as a prompt may know it."""
    return SessionCard(
        kind=session.kind,
        question_count=session.question_count,
        patterns=as_texts(session.patterns),
        core_issue=session.core_issue,
        data=as_mapping(session.data),
        is_gentle=session.data.get("gently") is True,
    )
