"""The way of a broadcast through the outbox, step by step as the sender takes it; Telegram says what we want."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from bots.models import Bot
from broadcast.contracts import Released
from broadcast.pace import Allowance
from broadcast.services.release import release
from core.clock import clock
from core.tenancy import in_bot
from mailbox.contracts import Hand, Outcome, Outgoing
from mailbox.models import OutboundMessage
from runtime.delivery.sender import _mark_and_take
from runtime.delivery.verdict import Verdict

_message_ids = itertools.count(1000)
# Chats with a message under way: the sender takes nothing else for them meanwhile.
_busy: dict[UUID, set[int]] = defaultdict(set)


def hand_of(bot: Bot, *, epoch: int = 0) -> Hand:
    """Who holds a bot of the cast."""
    return Hand(bot.id, epoch)


def released(bot: Bot, *, room: int = 100, allowance: Allowance | None = None) -> Released:
    """One look of the releaser."""
    with in_bot(bot.id):
        return release(bot_id=bot.id, room=room, allowance=allowance or Allowance())


def taken(bot: Bot, *, slots: int = 100) -> list[Outgoing]:
    """The sender has these in its hand."""
    with in_bot(bot.id):
        messages, _, _ = _mark_and_take(
            hand=hand_of(bot), verdicts=[], busy=list(_busy[bot.id]), slots=slots, bulk_slots=slots
        )
    _busy[bot.id] |= {message.chat_id for message in messages}
    return list(messages)


def came_of(
    bot: Bot,
    messages: Sequence[Outgoing],
    state: str = "sent",
    *,
    error: str = "",
    wait: timedelta | None = None,
    is_gone: bool = False,
    epoch: int = 0,
) -> list[UUID]:
    """What became of messages in hand is written down; the broadcasts of which too much went wrong."""
    return came_of_each(
        bot, [(message, state) for message in messages], error=error, wait=wait, is_gone=is_gone, epoch=epoch
    )


def came_of_each(
    bot: Bot,
    outcomes: Sequence[tuple[Outgoing, str]],
    *,
    error: str = "",
    wait: timedelta | None = None,
    is_gone: bool = False,
    epoch: int = 0,
) -> list[UUID]:
    """The same where each ended in a state of its own, in one transaction."""
    verdicts = [
        (
            message,
            Verdict(
                Outcome(
                    message.id,
                    state,
                    telegram_message_id=next(_message_ids) if state == "sent" else None,
                    error=error,
                    not_before=clock.now() + wait if wait is not None else None,
                ),
                is_person_gone=is_gone,
            ),
        )
        for message, state in outcomes
    ]
    with in_bot(bot.id):
        _, _, troubled = _mark_and_take(
            hand=hand_of(bot, epoch=epoch), verdicts=verdicts, busy=[], slots=0, bulk_slots=0
        )
    _busy[bot.id] -= {message.chat_id for message, _ in outcomes}
    return list(troubled)


def delivered(bot: Bot) -> list[int]:
    """Release and send all that may leave now; the chats in which it arrived."""
    released(bot)
    messages = taken(bot)
    came_of(bot, messages)
    return [message.chat_id for message in messages]


def outbox(bot: Bot, *fields: str, **where: Any) -> list[Any]:
    """What lies in the outbox, oldest first."""
    with in_bot(bot.id):
        rows = OutboundMessage.objects.for_bot(bot.id).filter(**where).order_by("seq")
        return list(rows.values_list(*(fields or ("state",)), flat=len(fields) < 2))


def elsewhere(function: Callable[[], object]) -> None:
    """Another process does this meanwhile, in a transaction of its own that has committed when this returns."""

    def call() -> None:
        try:
            function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(call).result()
