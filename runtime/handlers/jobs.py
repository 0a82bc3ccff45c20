"""Work of our own: judged sessions, refreshed portraits, what Telegram says of a person."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from core import aio
from core.errors import AppError
from mailbox.contracts import JOB_LANES, JOB_PREFIX, Claimed
from runtime.dispatch.act import Desk
from runtime.faces import look_up_face
from sessions_app.jobs import judge_session, refresh_portrait
from sessions_app.services.finish_job import finish_look_up
from sessions_app.upkeep import ANALYSE, LOOK_UP, REFRESH

Payload = Mapping[str, str]


async def do_job(desk: Desk, row: Claimed) -> None:
    """Do what the row asks for, and settle it. Raises AppError `job.unknown` for what nobody knows how to do."""
    job = JOBS.get(row.kind.removeprefix(JOB_PREFIX))
    if job is None:
        raise AppError(code="job.unknown", permanent=True, message=f"nobody knows how to do {row.kind}")
    await job(desk, row, json.loads(bytes(row.payload)))
    desk.sender.wake()


async def _judge(desk: Desk, row: Claimed, payload: Payload) -> None:
    await judge_session(
        hand=desk.hand,
        job_id=row.id,
        profile_id=UUID(payload["profile"]),
        session_id=UUID(payload["session"]),
        chat_id=row.lane - JOB_LANES,
        companion=desk.companion,
    )


async def _refresh(desk: Desk, row: Claimed, payload: Payload) -> None:
    await refresh_portrait(
        hand=desk.hand, job_id=row.id, profile_id=UUID(payload["profile"]), companion=desk.companion
    )


async def _look_up(desk: Desk, row: Claimed, payload: Payload) -> None:
    face = await look_up_face(desk.client, telegram_id=row.lane - JOB_LANES)
    await aio.run_in_bot(
        desk.hand.bot_id,
        finish_look_up,
        hand=desk.hand,
        job_id=row.id,
        profile_id=UUID(payload["profile"]),
        face=face,
    )


JOBS: dict[str, Callable[[Desk, Claimed, Payload], Awaitable[None]]] = {
    ANALYSE: _judge,
    REFRESH: _refresh,
    LOOK_UP: _look_up,
}
