"""The kinds of update that we ask Telegram for. Said explicitly: leaving it out keeps what was asked before."""

from __future__ import annotations

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "message_reaction",
)
