"""Work of our own that asks the model: judge a session, refresh a portrait. Nobody waits for it."""

from __future__ import annotations

from uuid import UUID

import structlog

from bots.selectors.spending import budget_left
from core import aio
from llm.contracts import ModelRefused, ModelUnavailable
from mailbox.contracts import Hand
from sessions_app.bill import Bill
from sessions_app.companion import Companion
from sessions_app.reflections import portray, reflect
from sessions_app.selectors.reflection_context import (
    ReflectionContext,
    person_context,
    session_context,
)
from sessions_app.services.finish_job import finish_portrait, finish_reflection, finish_without

log = structlog.get_logger(__name__)


async def judge_session(
    *, hand: Hand, job_id: UUID, profile_id: UUID, session_id: UUID, chat_id: int, companion: Companion
) -> None:
    """Judge where a session has brought its person, and keep it. Raises what the database raises."""
    context = await aio.run_in_bot(
        hand.bot_id, _within_budget, bot_id=hand.bot_id, profile_id=profile_id, session_id=session_id
    )
    if context is None or not any(role == "user" for role, _ in context.history):
        await aio.run_in_bot(hand.bot_id, finish_without, hand=hand, job_id=job_id)
        return
    async with companion.place():
        reflection = await reflect(companion, context, bill=Bill(companion.model))
    await aio.run_in_bot(
        hand.bot_id,
        finish_reflection,
        hand=hand,
        job_id=job_id,
        profile_id=profile_id,
        session_id=session_id,
        chat_id=chat_id,
        language=context.card.language,
        reflection=reflection,
    )


async def refresh_portrait(*, hand: Hand, job_id: UUID, profile_id: UUID, companion: Companion) -> None:
    """Refresh the portrait of somebody who came back. Raises what the database raises."""
    context = await aio.run_in_bot(hand.bot_id, _within_budget, bot_id=hand.bot_id, profile_id=profile_id)
    if context is None or not (context.acts or context.posts):
        await aio.run_in_bot(hand.bot_id, finish_without, hand=hand, job_id=job_id)
        return
    try:
        async with companion.place():
            portrait = await portray(companion, context, bill=Bill(companion.model))
    except (ModelUnavailable, ModelRefused) as error:
        log.warning("portrait.model_failed", bot=companion.slug, code=error.code)
        await aio.run_in_bot(hand.bot_id, finish_without, hand=hand, job_id=job_id)
        return
    await aio.run_in_bot(
        hand.bot_id, finish_portrait, hand=hand, job_id=job_id, profile_id=profile_id, portrait=portrait
    )


def _within_budget(
    *, bot_id: UUID, profile_id: UUID, session_id: UUID | None = None
) -> ReflectionContext | None:
    left = budget_left(bot_id=bot_id, purpose="own")
    if left is not None and left <= 0:
        log.warning("job.over_budget")
        return None
    if session_id is None:
        return person_context(bot_id=bot_id, profile_id=profile_id)
    return session_context(bot_id=bot_id, profile_id=profile_id, session_id=session_id)
