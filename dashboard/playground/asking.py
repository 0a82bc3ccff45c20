"""From a scene to what the model is asked: with the very functions that a conversation uses. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from dashboard.playground.contracts import Scene
from llm.contracts import Question
from mailbox.contracts import Hand
from profiles.contracts import Person, Sighting
from sessions_app.analysis.contracts import ActLine
from sessions_app.analysis.facts import facts_question
from sessions_app.analysis.portrait import portrait_question
from sessions_app.analysis.readiness import readiness_question
from sessions_app.analysis.stage import stage_question
from sessions_app.companion import Companion, PromptBook
from sessions_app.contracts import OpenSession, Visit, Words
from sessions_app.prompt import PersonCard
from sessions_app.questions import (
    coach_question,
    crisis_question,
    diagnosis_question,
    person_card,
    summary_question,
)

# Nobody's: a scene stands outside of the mailbox and of the database.
_NOBODY: Final = UUID(int=0)
_THEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def with_wording(companion: Companion, *, key: str, language: str, body: str) -> Companion:
    """The companion as it would speak with this wording in force."""
    published = {**companion.prompts.published, (key, language): (body, _NOBODY)}
    return replace(companion, prompts=PromptBook(published))


def question_of(key: str, scene: Scene, companion: Companion) -> Question:
    """What the model would be asked in this scene by the prompt of this key.

    A character stands before the coach's prompt, so it is tried with that. Raises LookupError for no such prompt.
    """
    return _ASKED[key](scene, companion)


def _coach(scene: Scene, companion: Companion) -> Question:
    return coach_question(
        visit=_visit(scene), session=_session(scene), companion=companion, history=scene.history
    ).question


def _summary(scene: Scene, companion: Companion) -> Question:
    return summary_question(
        visit=_visit(scene), session=_session(scene), companion=companion, history=_all(scene)
    ).question


def _diagnosis(scene: Scene, companion: Companion) -> Question:
    return diagnosis_question(
        visit=_visit(scene), session=_session(scene), companion=companion, history=_all(scene)
    ).question


def _crisis(scene: Scene, companion: Companion) -> Question:
    return crisis_question(visit=_visit(scene), companion=companion, history=scene.history)


def _stage(scene: Scene, companion: Companion) -> Question:
    return stage_question(
        prompts=companion.prompts,
        stages=companion.stages,
        person=_card(scene),
        disputed=scene.disputed,
        completed=scene.completed,
        history=_all(scene),
    ).question


def _facts(scene: Scene, companion: Companion) -> Question:
    return facts_question(
        prompts=companion.prompts, person=_card(scene), known=scene.known, history=_all(scene)
    ).question


def _portrait(scene: Scene, companion: Companion) -> Question:
    return portrait_question(
        prompts=companion.prompts,
        streams=companion.streams,
        person=_card(scene),
        acts=_acts(scene),
        posts=(),
    ).question


def _readiness(scene: Scene, companion: Companion) -> Question:
    return readiness_question(
        prompts=companion.prompts,
        streams=companion.streams,
        stages=companion.stages,
        person=_card(scene),
        completed=scene.completed,
        acts=_acts(scene),
    ).question


_ASKED: Final[Mapping[str, Callable[[Scene, Companion], Question]]] = {
    "persona.natasha": _coach,
    "coach.natasha": _coach,
    "coach.diagnostic": _coach,
    "session.summary": _summary,
    "diagnostic.result": _diagnosis,
    "crisis.check": _crisis,
    "analysis.stage": _stage,
    "analysis.facts": _facts,
    "analysis.portrait": _portrait,
    "analysis.readiness": _readiness,
}


def _all(scene: Scene) -> list[tuple[str, str]]:
    """The whole talk, the latest words with it."""
    return [*scene.history, *(("user", text) for text in scene.new)]


def _acts(scene: Scene) -> list[ActLine]:
    return [ActLine(_THEN, "message", "", text) for role, text in _all(scene) if role == "user"]


def _card(scene: Scene) -> PersonCard:
    return person_card(_visit(scene))


def _visit(scene: Scene) -> Visit:
    return Visit(
        hand=Hand(_NOBODY, 0),
        bot_slug="",
        chat_id=0,
        sighting=Sighting(0, scene.name, "", "", scene.language, ()),
        person=Person(
            id=_NOBODY,
            telegram_id=0,
            language=scene.language,
            first_name=scene.name,
            gender=scene.gender,
            age=scene.age,
            psychological_summary=scene.summary,
            metaphysical_profile=scene.metaphysical,
            streams=scene.streams,
            journey_stage=scene.stage,
            consented_at=_THEN,
            is_underage=False,
        ),
        conversation_id=_NOBODY,
        session=_session(scene),
        words=tuple(Words(_NOBODY, text, None) for text in scene.new),
        inbound_ids=(_NOBODY,),
    )


def _session(scene: Scene) -> OpenSession:
    return OpenSession(
        id=_NOBODY,
        kind=scene.kind,
        state="active",
        patterns=(),
        core_issue="",
        question_count=scene.question_count,
        data={**scene.data, **({"gently": True} if scene.is_gentle else {})},
        started_at=_THEN,
        last_error="",
    )
