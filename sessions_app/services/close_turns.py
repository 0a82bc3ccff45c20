from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from psycopg.types.json import Jsonb

from core.clock import clock
from core.ids import new_id
from core.sql import notify
from mailbox.services.assign import assign
from mailbox.services.post import post
from mailbox.services.settle import settle
from sessions_app.contracts import Closing
from sessions_app.models import Draft, Mode
from sessions_app.posts import posts_of
from sessions_app.services.take_over import CHANNEL
from sessions_app.statements import SQL


def close_turns(*, bot_id: UUID, closings: Sequence[Closing]) -> None:
    """Keep, post and settle the answers of a batch of turns, all or nothing.

    Raises LeaseLost when one of their updates is no longer in this process's hand.
    """
    # First of all, so that a turn which somebody else has taken is found out by nothing else.
    for hand, group in groupby(closings, key=lambda each: each.visit.hand):
        settle(hand=hand, ids=[row for closing in group for row in closing.visit.inbound_ids])
    closings = _said_by_bot(bot_id, closings)
    if not closings:
        return
    SQL["close_turns"].run(
        {
            "bot_id": bot_id,
            "now": clock.now(),
            "ids": [new_id() for _ in closings],
            "conversation_ids": [each.visit.conversation_id for each in closings],
            "session_ids": [each.session_id for each in closings],
            "texts": [each.text for each in closings],
            "inbound_ids": [each.visit.cause for each in closings],
            "models": [each.cost.model for each in closings],
            "prompt_tokens": [each.cost.prompt_tokens for each in closings],
            "completion_tokens": [each.cost.completion_tokens for each in closings],
            "cost_micros": [each.cost.cost_micros for each in closings],
            "latencies": [each.cost.latency_ms for each in closings],
            "prompt_version_ids": [each.cost.prompt_version_id for each in closings],
            "errors": [each.error for each in closings],
            "data": [None if each.data is None else Jsonb(each.data) for each in closings],
        }
    )
    post(
        bot_id=bot_id, posts=[each for closing in closings for each in posts_of(closing.visit, closing.lines)]
    )
    assign(bot_id=bot_id, jobs=[job for closing in closings for job in closing.jobs])


def _said_by_bot(bot_id: UUID, closings: Sequence[Closing]) -> list[Closing]:
    """Those that the bot says by itself. Where somebody has taken over meanwhile it says nothing; where somebody has
    to agree first, the answer waits for them.
    """
    rows = SQL["modes"].rows(
        {
            "bot_id": bot_id,
            "now": clock.now(),
            "conversation_ids": [each.visit.conversation_id for each in closings],
        }
    )
    modes = {row.conversation_id: row.mode for row in rows}
    if not modes:
        return list(closings)
    now = clock.now()
    Draft.objects.bulk_create(
        [
            Draft(
                id=new_id(),
                bot_id=bot_id,
                conversation_id=each.visit.conversation_id,
                session_id=each.session_id,
                inbound_id=each.visit.cause,
                text=each.text,
                created_at=now,
            )
            for each in closings
            if modes.get(each.visit.conversation_id) == Mode.DRAFTS and not each.error
        ],
        ignore_conflicts=True,
    )
    for conversation_id in modes:
        notify(CHANNEL, str(conversation_id))
    return [each for each in closings if each.visit.conversation_id not in modes]
