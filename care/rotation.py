"""Keeping profiles true: a batch of people, each portrayed anew from what they did and said. Asynchronous."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from bots.selectors.spending import budget_left
from bots.services.tell_if_spent import tell_if_spent
from care.contracts import Run, Tried
from care.services.keep_run import end_run, note_batch
from care.services.pick_people import next_picks
from core import aio
from core.clock import clock
from core.errors import AppError
from core.outage import is_outage
from llm.contracts import ModelRefused, ModelUnavailable, Usage
from profiles.selectors.due_profiles import due_profiles
from profiles.services.keep_portrait import keep_portrait
from sessions_app.bill import Bill
from sessions_app.companion import Companion
from sessions_app.reflections import portray
from sessions_app.selectors.reflection_context import person_context

log = structlog.get_logger(__name__)

BATCH = 10
# What everybody of a batch failed with means that going on is pointless.
_HOPELESS = (ModelUnavailable, ModelRefused)


async def rotate_batch(run: Run, *, companion: Companion, origin: str, size: int = BATCH) -> Run:
    """Portray the next people of a run; the run as it stands then, no longer "running" where it has ended.

    What goes wrong with one person stays with them. Raises what a database that is away raises.
    """
    bot_id = run.bot_id
    due = await aio.run_in_bot(bot_id, _next_people, run=run, size=size)
    if not due:
        return await aio.run_in_bot(bot_id, end_run, bot_id=bot_id, run_id=run.id, state="done")
    if await aio.run_in_bot(bot_id, _is_over_budget, run=run, size=len(due)):
        return await aio.run_in_bot(
            bot_id, end_run, bot_id=bot_id, run_id=run.id, state="over_budget", note="the budget is spent"
        )
    outcomes = await asyncio.gather(
        *(
            portray_person(
                bot_id=bot_id, profile_id=profile_id, companion=companion, origin=origin, run_id=run.id
            )
            for profile_id in due
        )
    )
    # Who has said nothing is passed over, whether or not the model answers.
    asked = [each for each in outcomes if each.result != "skipped" or each.usage.prompt_tokens]
    if asked and all(each.result == "failed" and each.code in _ENDING for each in asked):
        # Nobody is to blame but the model: they are tried when it is back.
        return await aio.run_in_bot(
            bot_id, end_run, bot_id=bot_id, run_id=run.id, state="failed", note=asked[0].code
        )
    return await aio.run_in_bot(bot_id, note_batch, bot_id=bot_id, run_id=run.id, tried=outcomes)


async def portray_person(
    *, bot_id: UUID, profile_id: UUID, companion: Companion, origin: str, run_id: UUID | None = None
) -> Tried:
    """Portray one person anew and keep it; what goes wrong with them is told, not raised.

    Raises only what a database that is away raises.
    """
    bill = Bill(companion.model)
    try:
        context = await aio.run_in_bot(bot_id, person_context, bot_id=bot_id, profile_id=profile_id)
        if context is None or not (any(each.text for each in context.acts) or context.posts):
            return Tried(profile_id, "skipped")
        portrait = await portray(companion, context, bill=bill)
        is_new = await aio.run_in_bot(
            bot_id,
            keep_portrait,
            bot_id=bot_id,
            profile_id=profile_id,
            portrait=portrait,
            origin=origin,
            run_id=run_id,
        )
    except Exception as error:  # one person must not end the round
        if is_outage(error):
            raise
        code = error.code if isinstance(error, AppError) else type(error).__name__
        is_ours = not isinstance(error, _HOPELESS)
        log.warning("rotation.person_failed", bot=companion.slug, code=code, exc_info=is_ours)
        return Tried(profile_id, "failed", code, _usage(bill))
    return Tried(profile_id, "updated" if is_new else "skipped", usage=_usage(bill))


# Codes of a model that answers nobody now.
_ENDING = frozenset(
    {
        "unreachable",
        "timeout",
        "server_error",
        "rate_limited",
        "breaker_open",
        "key_missing",
        "key_malformed",
        "key_refused",
        "access_denied",
        "address_malformed",
        "address_wrong",
        "model_unknown",
        "quota_exhausted",
        "provider_unknown",
    }
)


def _usage(bill: Bill) -> Usage:
    cost = bill.cost()
    return Usage(cost.prompt_tokens, cost.completion_tokens, cost.cost_micros)


def _next_people(*, run: Run, size: int) -> list[UUID]:
    if run.is_picked:
        return next_picks(bot_id=run.bot_id, run_id=run.id, limit=size)
    due = due_profiles(
        bot_id=run.bot_id,
        now=clock.now(),
        tried_before=run.started_at,
        limit=size,
        is_for_all=run.is_for_all,
    )
    return [each.id for each in due]


def _is_over_budget(*, run: Run, size: int) -> bool:
    """Would the next batch, at what a person has cost so far, pass what is left?"""
    left = budget_left(bot_id=run.bot_id, purpose="rotation")
    if left is None:
        return False
    each = run.cost_micros / run.processed if run.processed else 0
    if left > 0 and each * size <= left:
        return False
    tell_if_spent(bot_id=run.bot_id)
    return True
