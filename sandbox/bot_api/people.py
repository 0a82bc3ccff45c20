"""Methods about chats and the people in them: getChat, getUserProfilePhotos."""

from __future__ import annotations

from typing import Any

from sandbox.accounts import BotAccount
from sandbox.bot_api.messages import find_chat
from sandbox.bot_api.params import Params, integer
from sandbox.cloud import Cloud
from sandbox.errors import bad_request

_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def get_chat(_cloud: Cloud, bot: BotAccount, params: Params) -> dict[str, Any]:
    """getChat: what PTB's ChatFullInfo needs, and nothing invented about anybody."""
    chat = find_chat(bot, params)
    if chat.channel is not None:
        chat.require_open()
    return {
        **chat.as_chat(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": _NO_GIFTS,
    }


def get_user_profile_photos(cloud: Cloud, _bot: BotAccount, params: Params) -> dict[str, Any]:
    """getUserProfilePhotos: nobody here has any."""
    if integer(params, "user_id") not in cloud.people:
        raise bad_request("invalid user_id specified")
    return {"total_count": 0, "photos": []}
