"""Rounds over the profiles, for doors that are not asynchronous: one batch, or one person."""

from __future__ import annotations

import asyncio
from uuid import UUID

from care.contracts import Run, Tried
from care.rotation import BATCH, portray_person, rotate_batch
from care.services.keep_run import end_run, let_go, take_run
from care.services.report_run import report_run
from care.staff import companion_for
from core import aio
from core.errors import AppError
from core.tenancy import in_bot


def go_on_with_run(*, bot_id: UUID, run_id: UUID, size: int = BATCH) -> Run | None:
    """Do the next batch of a run and tell how it stands; None where another process goes on with it.

    A run whose bot cannot ask any model ends as failed.
    """
    with in_bot(bot_id):
        run = take_run(bot_id=bot_id, run_id=run_id)
    if run is None:
        return None
    try:
        run = asyncio.run(_batch(run, size))
    except AppError as error:
        with in_bot(bot_id):
            run = end_run(bot_id=bot_id, run_id=run_id, state="failed", note=error.code)
    with in_bot(bot_id):
        if run.state == "running":
            let_go(bot_id=bot_id, run_id=run_id)
        report_run(run=run)
    return run


def stop_run(*, bot_id: UUID, run_id: UUID) -> Run:
    """Leave a run where it is; the next of its kind goes on with it."""
    with in_bot(bot_id):
        return end_run(bot_id=bot_id, run_id=run_id, state="stopped")


def refresh_person(*, bot_id: UUID, profile_id: UUID) -> Tried:
    """Portray one person anew, now. Raises BotError, Undecryptable, ModelRefused where the bot has no model."""
    return asyncio.run(_person(bot_id, profile_id))


async def _batch(run: Run, size: int) -> Run:
    try:
        async with companion_for(run.bot_id) as (companion, _):
            return await rotate_batch(run, companion=companion, origin=_origin(run), size=size)
    finally:
        # The pool's threads belong to this loop's life.
        await asyncio.to_thread(aio.stop_pool)


async def _person(bot_id: UUID, profile_id: UUID) -> Tried:
    try:
        async with companion_for(bot_id) as (companion, _):
            return await portray_person(
                bot_id=bot_id, profile_id=profile_id, companion=companion, origin="command"
            )
    finally:
        await asyncio.to_thread(aio.stop_pool)


def _origin(run: Run) -> str:
    return run.trigger if run.trigger == "command" else "rotation"
