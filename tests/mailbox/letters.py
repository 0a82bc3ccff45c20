"""Letters for the mailbox's tests: updates that came, words to be said, and what is stored of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bots.models import Bot
from core.clock import clock
from core.tenancy import in_bot
from mailbox.contracts import Arrival, Claimed, Hand, Haul, Outgoing, Post
from mailbox.models import InboundUpdate, OutboundMessage
from mailbox.services.accept import accept
from mailbox.services.claim import claim
from mailbox.services.deliver import outgoing
from mailbox.services.post import post

_update_ids = itertools.count(1)


def command(lane: int = 1, **fields: Any) -> Arrival:
    """Something that waits for nobody."""
    return Arrival(
        **{
            "update_id": next(_update_ids),
            "kind": "command",
            "lane": lane,
            "user_id": lane,
            "may_wait": False,
            "payload": b'{"update_id": 1}',
            "due_at": clock.now(),
            **fields,
        }
    )


def text(lane: int = 1, *, burst_wait: float = 0.0, **fields: Any) -> Arrival:
    """Free text, which may be joined with what follows."""
    due_at = clock.now() + timedelta(seconds=burst_wait)
    return command(lane, **{"kind": "message", "may_wait": True, "due_at": due_at, **fields})


def word(chat_id: int = 1, **fields: Any) -> Post:
    """Something to be said."""
    return Post(
        **{
            "key": f"key-{next(_update_ids)}",
            "chat_id": chat_id,
            "method": "sendMessage",
            "params": {"chat_id": chat_id, "text": "a word"},
            **fields,
        }
    )


def come(bot: Bot, *arrivals: Arrival) -> list[Arrival]:
    with in_bot(bot.id):
        accept(bot_id=bot.id, arrivals=arrivals)
    return list(arrivals)


def take(
    hand: Hand, *, busy: Sequence[int] = (), lanes: int = 10, burst_wait: float = 0.0
) -> Sequence[Sequence[Claimed]]:
    return haul(hand, busy=busy, lanes=lanes, burst_wait=burst_wait).bursts


def haul(hand: Hand, *, busy: Sequence[int] = (), lanes: int = 10, burst_wait: float = 0.0) -> Haul:
    with in_bot(hand.bot_id):
        return claim(hand=hand, busy=busy, lanes=lanes, burst_wait=burst_wait)


def taken_ids(bursts: Sequence[Sequence[Claimed]]) -> list[list[Any]]:
    return [[row.id for row in burst] for burst in bursts]


def say(bot: Bot, *posts: Post) -> list[Post]:
    with in_bot(bot.id):
        post(bot_id=bot.id, posts=posts)
    return list(posts)


def pick(hand: Hand, *, busy: Sequence[int] = (), slots: int = 10) -> list[Outgoing]:
    with in_bot(hand.bot_id):
        return outgoing(hand=hand, busy=busy, slots=slots)


def row_of(bot: Bot, arrival: Arrival) -> InboundUpdate:
    with in_bot(bot.id):
        return InboundUpdate.objects.for_bot(bot.id).get(id=arrival.id)


def message_of(bot: Bot, said: Post) -> OutboundMessage:
    with in_bot(bot.id):
        return OutboundMessage.objects.for_bot(bot.id).get(id=said.id)
