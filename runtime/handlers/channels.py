"""Posts in channels: kept where the channel is a person's own, forgotten otherwise."""

from __future__ import annotations

from core import aio
from core.clock import clock
from mailbox.services.settle import settle
from profiles.services.keep_post import keep_post
from runtime.dispatch.act import Act


async def keep(act: Act) -> None:
    bot_id = act.desk.hand.bot_id

    def write() -> None:
        for row, heard in zip(act.rows, act.updates, strict=True):
            if heard.chat_id is not None and heard.message_id is not None and heard.text:
                keep_post(
                    bot_id=bot_id,
                    channel_id=heard.chat_id,
                    message_id=heard.message_id,
                    text=heard.text,
                    posted_at=heard.at or row.received_at,
                    edited_at=clock.now() if heard.kind.startswith("edited") else None,
                )
        # What was not kept is nobody's that we know.
        settle(hand=act.desk.hand, ids=[row.id for row in act.rows], blank=True)

    await aio.run_in_bot(bot_id, write)
