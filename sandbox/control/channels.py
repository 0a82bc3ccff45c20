"""`/control/bots/<token>/channels`: channels that a bot is in, and what is posted there."""

from __future__ import annotations

from aiohttp import web

from sandbox import channels
from sandbox.accounts import BotAccount
from sandbox.chats import Chat
from sandbox.cloud import Cloud
from sandbox.control.body import answered, optional_number, optional_text, read_fields, text
from sandbox.control.parties import chat_id_in, person_of
from sandbox.errors import ControlError

Names = dict[str, str]
_LONGEST_TITLE = 128


async def create(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/channels: a new channel, or with `chat_id` one that is there; the bot administers it."""
    bot, fields = cloud.known(names["token"]), await read_fields(request)
    chat_id = optional_number(fields, "chat_id")
    if chat_id is None:
        title = text(fields, "title").strip()[:_LONGEST_TITLE]
        if not title:
            raise ControlError("`title` must not be empty")
        owner = person_of(cloud, fields) if "user_id" in fields else None
        channel = cloud.found_channel(title=title, username=optional_text(fields, "username"), owner=owner)
    elif chat_id in cloud.channels:
        channel = cloud.channels[chat_id]
    else:
        raise ControlError(f"there is no channel {chat_id}; leave `chat_id` out to make one")
    update_id = channels.let_in(cloud, bot, channel)
    answer = {"update_id": update_id, "chat_id": channel.id, "chat": channel.as_chat()}
    return answered(answer, status=201)


async def remove(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """DELETE …/channels/<id>: the bot is banned, or with `status` "left" only removed."""
    bot, chat = _place(cloud, names)
    status = optional_text(await read_fields(request), "status") or "kicked"
    if status not in {"kicked", "left"}:
        raise ControlError('`status` must be "kicked" or "left"')
    update_id = channels.send_away(cloud, bot, chat, status=status)
    return answered({"update_id": update_id, "chat_id": chat.id, "status": status})


async def post(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/channels/<id>/posts: every bot in the channel hears it; `edit_of` rewrites a post."""
    bot, chat = _place(cloud, names)
    fields = await read_fields(request)
    words, edited = text(fields, "text"), optional_number(fields, "edit_of")
    if edited is None:
        message, updates = channels.post(cloud, chat, words)
    else:
        message, updates = channels.edit_post(cloud, chat, words, message_id=edited)
    answer = {
        "update_id": updates.get(bot.id),
        "message_id": message["message_id"],
        "chat_id": chat.id,
    }
    return answered(answer)


def _place(cloud: Cloud, names: Names) -> tuple[BotAccount, Chat]:
    bot, chat_id = cloud.known(names["token"]), chat_id_in(names)
    chat = bot.chats.get(chat_id)
    if chat is None:
        raise ControlError(f"this bot is in no channel {chat_id}; POST …/channels makes one")
    return bot, chat
