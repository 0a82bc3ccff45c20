"""What `my_chat_member` says of a bot: what it was in a chat, and what it is now."""

from __future__ import annotations

from typing import Any

from core.clock import clock
from sandbox.accounts import BotAccount
from sandbox.chats import Chat
from sandbox.people import Person

# An administrator of a channel as its owner makes one: everything but making more of them.
_RIGHTS = {
    "can_be_edited": False,
    "can_manage_chat": True,
    "can_change_info": True,
    "can_post_messages": True,
    "can_edit_messages": True,
    "can_delete_messages": True,
    "can_invite_users": True,
    "can_restrict_members": True,
    "can_promote_members": False,
    "can_manage_video_chats": True,
    "can_post_stories": True,
    "can_edit_stories": True,
    "can_delete_stories": True,
    "is_anonymous": False,
}


def change(bot: BotAccount, chat: Chat, *, by: Person, old: str, new: str) -> dict[str, Any]:
    """The Bot API's ChatMemberUpdated about this bot, between two statuses."""
    return {
        "chat": chat.as_chat(),
        "from": by.as_user(),
        "date": int(clock.now().timestamp()),
        "old_chat_member": _member(bot, old),
        "new_chat_member": _member(bot, new),
    }


def _member(bot: BotAccount, status: str) -> dict[str, Any]:
    member = {"user": bot.as_user(), "status": status}
    if status == "administrator":
        return {**member, **_RIGHTS}
    return {**member, "until_date": 0} if status == "kicked" else member
