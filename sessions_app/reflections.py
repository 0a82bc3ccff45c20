"""What the model is asked about a person beside the talk: where they stand, what they told, who they are, what
they are ready for. Asynchronous; reads and writes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from pydantic import BaseModel

from core.cache import AnswerShelf
from journey.contracts import Judgement, StreamReadiness
from llm.contracts import Answer, ModelRefused, ModelUnavailable, Question
from llm.remembered import ask_remembered
from profiles.cards import ProfileCard
from profiles.contracts import Found, NewPortrait
from sessions_app.analysis.facts import FactsFound, checked_facts, facts_question
from sessions_app.analysis.portrait import Portrait, checked_portrait, portrait_question
from sessions_app.analysis.readiness import ReadinessFound, checked_readiness, readiness_question
from sessions_app.analysis.stage import StageJudgement, checked_judgement, stage_question
from sessions_app.bill import Bill
from sessions_app.companion import Companion
from sessions_app.lines import as_mapping, as_texts
from sessions_app.prompt import PersonCard
from sessions_app.questions import Asking
from sessions_app.selectors.reflection_context import ReflectionContext

log = structlog.get_logger(__name__)

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reflection:
    """What the model made of a session. `judgement` is None where it could not be asked."""

    judgement: Judgement | None = None
    facts: tuple[Found, ...] = ()


async def reflect(companion: Companion, context: ReflectionContext, *, bill: Bill) -> Reflection:
    """Judge the stage and gather what the person told about themselves, side by side.

    Never raises what the model does: a question that was not answered leaves its part empty. Quotes that were
    never said are dropped.
    """
    said = [text for role, text in context.history if role == "user"]
    person = person_of(context.card)
    stage_asking = stage_question(
        prompts=companion.prompts,
        stages=companion.stages,
        person=person,
        disputed=context.journey.disputed,
        completed=context.journey.completed,
        history=context.history,
    )
    facts_asking = facts_question(
        prompts=companion.prompts,
        person=person,
        known=[(each.kind, each.value) for each in context.findings],
        history=context.history,
    )
    judged, told = await asyncio.gather(
        _ask(companion, context, stage_asking, StageJudgement, bill),
        _ask(companion, context, facts_asking, FactsFound, bill),
    )
    judgement = None
    if judged is not None:
        checked = checked_judgement(judged, said)
        _note_inventions("stage", checked.invented)
        judgement = Judgement(
            stage=checked.stage, confidence=checked.confidence, quotes=tuple(checked.quotes)
        )
    facts: list[Found] = []
    if told is not None:
        found, invented = checked_facts(told, said)
        _note_inventions("facts", invented)
        facts = [Found(each.kind, each.value, each.sentence) for each in found]
    return Reflection(judgement, tuple(facts))


async def portray(companion: Companion, context: ReflectionContext, *, bill: Bill) -> NewPortrait:
    """The person's portrait anew. Raises ModelUnavailable and ModelRefused."""
    asking = portrait_question(
        prompts=companion.prompts,
        streams=companion.streams,
        person=person_of(context.card),
        acts=context.acts,
        posts=context.posts,
    )
    answer = await _remembered(companion, context.card, asking, bill.ask)
    assert isinstance(answer.parsed, Portrait)  # noqa: S101 - the question's schema
    checked = checked_portrait(answer.parsed, companion.streams, context.card.language)
    _note_inventions("portrait", checked.unknown_streams)
    return NewPortrait(
        summary=checked.summary,
        streams=tuple(checked.streams),
        what_changed=checked.what_changed,
        interests=tuple(checked.interests),
        chat_style=checked.chat_style,
        personality=checked.personality,
    )


async def weigh(companion: Companion, context: ReflectionContext, *, bill: Bill) -> list[StreamReadiness]:
    """How ready the person is for each stream, the readiest first. Raises ModelUnavailable and ModelRefused."""
    asking = _readiness_asking(companion, context)

    async def ask(question: Question) -> Answer:
        answer = await bill.ask(question)
        if not _names_a_stream(answer, companion, context.card.language):
            # Kept, it would tell the person that they are ready for nothing, again and again.
            raise ModelUnavailable(code="misfit", message="it names no programme on offer")
        return answer

    answer = await _remembered(companion, context.card, asking, ask)
    assert isinstance(answer.parsed, ReadinessFound)  # noqa: S101 - the question's schema
    found, unknown, invented = checked_readiness(
        answer.parsed,
        streams=companion.streams,
        language=context.card.language,
        texts=[each.text for each in context.acts],
    )
    _note_inventions("readiness", unknown + invented)
    return [StreamReadiness(each.slug, each.percent, each.reason, each.quote) for each in found]


def readiness_digest(companion: Companion, context: ReflectionContext) -> str:
    """Names what a readiness is made from: the same is not asked again.

    What counts is what was said, what is known and what is offered; that somebody asked again does not.
    """
    card = context.card
    task, _ = companion.prompts.prompt("analysis.readiness", card.language)
    content = [
        card.language,
        card.psychological_summary,
        card.journey_stage,
        list(context.journey.completed),
        [each.text for each in context.acts if each.text],
        [[each.slug, each.name, each.description] for each in companion.streams.streams(card.language)],
        task,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


def person_of(card: ProfileCard) -> PersonCard:
    """The person as a prompt may know them."""
    return PersonCard(
        name=card.first_name,
        language=card.language,
        gender=card.gender,
        age=card.age,
        summary=card.psychological_summary,
        metaphysical=as_mapping(card.metaphysical_profile),
        stage_code=card.journey_stage or None,
        streams=as_texts(card.streams),
    )


def _readiness_asking(companion: Companion, context: ReflectionContext) -> Asking:
    return readiness_question(
        prompts=companion.prompts,
        streams=companion.streams,
        stages=companion.stages,
        person=person_of(context.card),
        completed=context.journey.completed,
        acts=context.acts,
    )


async def _ask(
    companion: Companion, context: ReflectionContext, asking: Asking, shape: type[Shape], bill: Bill
) -> Shape | None:
    try:
        answer = await _remembered(companion, context.card, asking, bill.ask)
    except (ModelUnavailable, ModelRefused) as error:
        log.warning("reflection.model_failed", purpose=asking.question.purpose, code=error.code)
        return None
    return answer.parsed if isinstance(answer.parsed, shape) else None


async def _remembered(
    companion: Companion, card: ProfileCard, asking: Asking, ask: Callable[[Question], Awaitable[Answer]]
) -> Answer:
    # The demo model costs nothing and is quicker than the shelf.
    shelf = AnswerShelf(companion.bot_id, card.id) if companion.has_model else None
    return await ask_remembered(ask, asking.question, shelf=shelf, model=companion.model_name)


def _names_a_stream(answer: Answer, companion: Companion, language: str) -> bool:
    """Whether it speaks of any of the programmes on offer, where there are any."""
    found = answer.parsed.streams if isinstance(answer.parsed, ReadinessFound) else []
    streams = companion.streams
    return not streams.streams(language) or any(streams.find(each.stream, language) for each in found)


def _note_inventions(purpose: str, count: int) -> None:
    if count:
        log.warning("reflection.invented", purpose=purpose, count=count)
