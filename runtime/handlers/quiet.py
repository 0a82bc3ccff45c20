"""Acts of which nobody is remembered: no profile, no words, at most a hint."""

from __future__ import annotations

from functools import partial

from core import aio
from mailbox.contracts import Post
from mailbox.services.post import post
from mailbox.services.settle import settle
from profiles.services.set_active import set_active
from runtime.dispatch.act import Act
from runtime.handlers.run import acknowledge, run
from sessions_app.contracts import Line
from sessions_app.posts import send_params
from sessions_app.services.say_text import say_nothing
from sessions_app.speech import say


async def ignore(act: Act) -> None:
    await _settle(act)


async def close(act: Act) -> None:
    await run(act, say_nothing)


async def slow_down(act: Act) -> None:
    await _settle(act, say_key="throttle.slow_down" if act.heard.is_private else "")


async def send_to_private(act: Act) -> None:
    await _settle(act, say_key="group.private_only")


async def change_membership(act: Act) -> None:
    heard, bot_id = act.heard, act.desk.hand.bot_id

    def write() -> None:
        if heard.user_id is not None:
            set_active(bot_id=bot_id, telegram_id=heard.user_id, is_active=not heard.is_blocked)
        settle(hand=act.desk.hand, ids=[row.id for row in act.rows], blank=True)

    await aio.run_in_bot(bot_id, write)


async def _settle(act: Act, *, say_key: str = "") -> None:
    acknowledge(act)
    await aio.run_in_bot(act.desk.hand.bot_id, partial(_write, act, say_key))


def _write(act: Act, say_key: str) -> None:
    cause, chat_id = act.rows[-1].id, act.heard.chat_id
    if say_key and chat_id is not None:
        line = Line(say(say_key, act.desk.settings.language))
        post(
            bot_id=act.desk.hand.bot_id,
            posts=[
                Post(
                    key=f"{cause}:0",
                    chat_id=chat_id,
                    method="sendMessage",
                    params=send_params(chat_id, line),
                    correlation_id=str(cause),
                )
            ],
        )
    settle(hand=act.desk.hand, ids=[row.id for row in act.rows], blank=True)
