"""The one asynchronous module of this room: it takes a turn.

Open (one transaction: their words, the prompt frozen as data), ask the model (no transaction at all), close
(one transaction: our words, what they cost, the session's next state, what is to be sent, the update settled).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from functools import partial

import structlog

from core import aio
from core.batching import Batcher
from core.errors import AppError
from core.tenancy import the_bot
from llm.contracts import Answer, ModelRefused, ModelUnavailable, Question
from sessions_app.bill import Bill
from sessions_app.companion import Companion
from sessions_app.contracts import Arrived, Arriving, Closing, Cost, Line, Opening, OpenSession, Visit
from sessions_app.crisis import detect
from sessions_app.outcomes import CrisisVerdict, DiagnosticResult, DiagnosticStep, SessionSummary
from sessions_app.questions import (
    Asking,
    History,
    coach_question,
    crisis_question,
    diagnosis_question,
    summary_question,
)
from sessions_app.reflections import reflect
from sessions_app.rendering import plain, sensible, split_message, to_telegram_html
from sessions_app.selectors.reflection_context import ReflectionContext, session_context
from sessions_app.services.close_turns import close_turns
from sessions_app.services.complete_session import (
    complete_untold,
    complete_with_diagnosis,
    complete_with_summary,
)
from sessions_app.services.enter import enter
from sessions_app.services.keep_for_operator import keep_for_operator
from sessions_app.services.note_wish import note_wish
from sessions_app.services.open_turns import open_turns
from sessions_app.services.pause_for_crisis import pause_for_crisis
from sessions_app.services.say_text import say_outside_session, say_paused
from sessions_app.services.show_portrait import AWAITS_CORRECTION, take_correction
from sessions_app.speech import paragraphs, say
from sessions_app.upkeep import judging_after
from sessions_app.wishes import asks_for_human

log = structlog.get_logger(__name__)

# A diagnostic that has asked this often concludes with what it knows.
LONGEST_DIAGNOSTIC = 12
# A model is believed from here on when it sees a sign that no pattern found.
CONFIDENT = 0.6


class Conversation:
    """Takes the turns of all bots of a process; turns of one bot that coincide share their transactions."""

    def __init__(self) -> None:
        self._enter: Batcher[Arriving, Arrived] = Batcher(enter)
        self._open: Batcher[Opening, list[tuple[str, str]]] = Batcher(_open_all)
        self._close: Batcher[Closing, None] = Batcher(_close_all)

    async def arrive(self, visit_to: Arriving, *, companion: Companion) -> Arrived:
        """Recognise who comes in, and what they come back to."""
        return await self._enter(companion.bot_id, visit_to)

    async def listen(self, visit: Visit, companion: Companion) -> None:
        """Free text: look for signs of crisis first, then answer it in the session or offer the ways into one.

        Where a person of the team answers, the bot says nothing.
        """
        said = "\n".join(each.text for each in visit.words)
        sign = detect(said, visit.language)
        if sign is None and visit.mode != "human" and asks_for_human(said):
            await self._write(visit, partial(note_wish))
        if visit.mode == "human":
            kind, rule = (sign.kind, sign.rule) if sign is not None else ("", "")
            await self._write(visit, partial(keep_for_operator, sign=kind, rule=rule))
        elif sign is not None:
            await self._pause(visit, kind=sign.kind, rule=sign.rule)
        elif visit.awaits.startswith(AWAITS_CORRECTION):
            await self._write(visit, partial(take_correction))
        elif visit.session is None:
            await self._write(visit, partial(say_outside_session))
        elif visit.session.state == "paused":
            await self._write(visit, partial(say_paused))
        else:
            await self.take_turn(visit, visit.session, companion)

    async def take_turn(self, visit: Visit, session: OpenSession, companion: Companion) -> None:
        """Answer free text in an active session. Raises what the database raises, and what `companion.place` does;
        never what the model does.
        """
        history = await self._open(companion.bot_id, Opening(visit.conversation_id, session.id, visit.words))
        # The words are kept by now, whatever becomes of the answer.
        async with companion.place():
            await self._answer(visit, session, companion, history)

    async def _answer(
        self, visit: Visit, session: OpenSession, companion: Companion, history: History
    ) -> None:
        asking = coach_question(visit=visit, session=session, companion=companion, history=history)
        bill = Bill(companion.model)
        try:
            answer = await self._ask_both(visit, companion, asking, history, bill)
        except (ModelUnavailable, ModelRefused) as error:
            await self._close(companion.bot_id, _apology(visit, session, error.code, bill.cost()))
            return
        if isinstance(answer, CrisisVerdict):
            await self._pause(visit, kind=answer.sign, rule="model", cost=bill.cost())
        elif isinstance(answer.parsed, DiagnosticStep) and (
            answer.parsed.enough or session.question_count + 1 >= LONGEST_DIAGNOSTIC
        ):
            await self._conclude(visit, session, companion, bill)
        else:
            cost = bill.cost(answer, prompt_version_id=asking.prompt_version_id)
            await self._close(companion.bot_id, _closing(visit, session, answer, cost))

    async def end(self, visit: Visit, session: OpenSession, companion: Companion) -> None:
        """/end_session: sum the session up with the model, or end it with a kind word where that fails."""
        context = await self._session_context(visit, session)
        history = context.history if context else ()
        if context is None or not any(role == "user" and not text.startswith("/") for role, text in history):
            await self._write(visit, partial(complete_untold, session=session, key="session.ended_empty"))
            return
        asking = summary_question(visit=visit, session=session, companion=companion, history=history)
        bill = Bill(companion.model)
        # Side by side: nobody waits for the one and then for the other.
        async with companion.place():
            answer, reflection = await asyncio.gather(
                _tried(bill.ask(asking.question)), reflect(companion, context, bill=bill)
            )
        if isinstance(answer, AppError):
            service = partial(
                complete_untold, key="session.ended_untold", error=answer.code, cost=bill.cost()
            )
        else:
            assert isinstance(answer.parsed, SessionSummary)  # noqa: S101 - the question's schema
            cost = bill.cost(answer, prompt_version_id=asking.prompt_version_id)
            service = partial(complete_with_summary, outcome=answer.parsed, cost=cost)
        await self._write(
            visit, partial(service, session=session, reflection=reflection, stages=companion.stages)
        )

    async def _conclude(self, visit: Visit, session: OpenSession, companion: Companion, bill: Bill) -> None:
        context = await self._session_context(visit, session)
        if context is None:
            # Erased, or turned away, while the model was thinking.
            await self._close(companion.bot_id, _apology(visit, session, "person.gone", bill.cost()))
            return
        asking = diagnosis_question(
            visit=visit, session=session, companion=companion, history=context.history
        )
        answer, reflection = await asyncio.gather(
            _tried(bill.ask(asking.question)), reflect(companion, context, bill=bill)
        )
        if isinstance(answer, AppError):
            await self._close(companion.bot_id, _apology(visit, session, answer.code, bill.cost()))
            return
        assert isinstance(answer.parsed, DiagnosticResult)  # noqa: S101 - the question's schema
        cost = bill.cost(answer, prompt_version_id=asking.prompt_version_id)
        await self._write(
            visit,
            partial(
                complete_with_diagnosis,
                session=session,
                outcome=_with_real_stream(answer.parsed, visit, companion),
                cost=cost,
                reflection=reflection,
                stages=companion.stages,
            ),
        )

    async def _session_context(self, visit: Visit, session: OpenSession) -> ReflectionContext | None:
        return await aio.run_in_bot(
            visit.bot_id,
            session_context,
            bot_id=visit.bot_id,
            profile_id=visit.person.id,
            session_id=session.id,
        )

    async def _ask_both(
        self, visit: Visit, companion: Companion, asking: Asking, history: History, bill: Bill
    ) -> Answer | CrisisVerdict:
        """The coach's answer; or the sign of crisis that the model saw, for which nobody waits for the coach."""
        if not companion.has_model:
            return await bill.ask(asking.question)
        coach = asyncio.create_task(bill.ask(asking.question))
        try:
            question = crisis_question(visit=visit, companion=companion, history=history)
            return await _verdict(question, bill) or await coach
        finally:
            coach.cancel()
            await asyncio.gather(coach, return_exceptions=True)

    async def _pause(self, visit: Visit, *, kind: str, rule: str, cost: Cost | None = None) -> None:
        log.warning("crisis.detected", sign=kind, rule=rule)
        await self._write(visit, partial(pause_for_crisis, kind=kind, rule=rule, cost=cost))

    async def _write(self, visit: Visit, service: partial[None]) -> None:
        await aio.run_in_bot(visit.bot_id, service, visit=visit)


def _with_real_stream(outcome: DiagnosticResult, visit: Visit, companion: Companion) -> DiagnosticResult:
    """A programme that is not on offer is none."""
    named = outcome.suggested_stream
    stream = companion.streams.find(named, visit.language) if named else None
    return outcome.model_copy(update={"suggested_stream": stream.name if stream else None})


async def _tried(asking: Awaitable[Answer]) -> Answer | ModelUnavailable | ModelRefused:
    """The answer, or why there is none: what is asked beside it goes on."""
    try:
        return await asking
    except (ModelUnavailable, ModelRefused) as error:
        return error


async def _verdict(question: Question, bill: Bill) -> CrisisVerdict | None:
    """The model's view on whether the words carry a sign of crisis; None without one, or without a model."""
    try:
        parsed = (await bill.ask(question)).parsed
    except (ModelUnavailable, ModelRefused) as error:
        log.warning("crisis.check_failed", code=error.code)
        return None
    if isinstance(parsed, CrisisVerdict) and parsed.sign != "none" and parsed.confidence >= CONFIDENT:
        return parsed
    return None


def _closing(visit: Visit, session: OpenSession, answer: Answer, cost: Cost) -> Closing:
    step = answer.parsed if isinstance(answer.parsed, DiagnosticStep) else None
    text = sensible(step.reply if step else answer.text)
    if text is None:
        return _apology(visit, session, "model.garbage", cost)
    html = to_telegram_html(text)
    if answer.source == "demo" and session.question_count == 0:
        html = paragraphs(html, say("demo.note", visit.language))
    return Closing(
        visit=visit,
        session_id=session.id,
        text=text,
        lines=tuple(Line(part) for part in split_message(html)),
        cost=cost,
        data={**session.data, "known": step.known.model_dump(mode="json")} if step else None,
        jobs=judging_after(
            turns=session.question_count + 1,
            session_id=session.id,
            profile_id=visit.person.id,
            chat_id=visit.chat_id,
        ),
    )


def _apology(visit: Visit, session: OpenSession, code: str, cost: Cost) -> Closing:
    log.warning("turn.model_failed", code=code)
    html = say("model.unavailable", visit.language, variant=visit.cause.int)
    return Closing(
        visit=visit, session_id=session.id, text=plain(html), lines=(Line(html),), cost=cost, error=code
    )


def _open_all(openings: Sequence[Opening]) -> list[list[tuple[str, str]]]:
    return open_turns(bot_id=the_bot(), openings=openings)


def _close_all(closings: Sequence[Closing]) -> list[None]:
    close_turns(bot_id=the_bot(), closings=closings)
    return [None] * len(closings)
