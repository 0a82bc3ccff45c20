from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from core import aio
from core.errors import AppError
from dashboard.playground.contracts import Standing, Trial
from dashboard.playground.running import run
from dashboard.playground.shelf import end, keep_standing, kept_trial, take

log = structlog.get_logger(__name__)


def run_trial(*, trial_id: UUID) -> Standing | None:
    """Try what was asked for, and keep what came of it for a quarter of an hour.

    None where it is kept no longer, or somebody else has taken it up. Raises what the database and the cache raise.
    """
    trial = kept_trial(trial_id)
    if trial is None or not take(trial_id):
        return None
    standing = Standing("lost", why="failed")
    try:
        standing = asyncio.run(_run(trial))
    except AppError as error:
        standing = Standing("lost", why=error.code)
        log.warning("playground.failed", code=error.code)
    finally:
        end(trial.user_id)
        if standing.state == "lost":
            keep_standing(trial_id, standing)
    return standing


async def _run(trial: Trial) -> Standing:
    try:
        return await run(trial)
    finally:
        # The pool's threads belong to this loop's life.
        await asyncio.to_thread(aio.stop_pool)
