"""`/control/bots`: bots, what people say to them, and what was said."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox import visitors
from sandbox.accounts import BotAccount, bot_id
from sandbox.bot_api.profile import shown_commands
from sandbox.chats import Chat
from sandbox.cloud import Cloud
from sandbox.control.body import (
    answered,
    number,
    optional_number,
    optional_text,
    read_fields,
    read_json,
    text,
)
from sandbox.control.parties import chat_id_in, chat_of, person_of
from sandbox.errors import ControlError
from sandbox.people import Person

Names = dict[str, str]


async def create(cloud: Cloud, request: web.BaseRequest, _names: Names) -> web.Response:
    """POST /control/bots."""
    fields = await read_fields(request)
    name = (optional_text(fields, "name") or "").strip()
    token = optional_text(fields, "token")
    if not name and not (token and bot_id(token) in cloud.bots):
        raise ControlError("`name` must be given, as a string that is not empty")
    bot = cloud.register(name=name[:64], token=token, username=optional_text(fields, "username"))
    return answered(_described(bot), status=201)


async def listing(cloud: Cloud, _request: web.BaseRequest, _names: Names) -> web.Response:
    """GET /control/bots."""
    return answered([_described(bot) for bot in cloud.bots.values()])


async def revoke(cloud: Cloud, _request: web.BaseRequest, names: Names) -> web.Response:
    """DELETE /control/bots/<token>."""
    bot = cloud.known(names["token"])
    cloud.revoke(bot)
    return answered(_described(bot))


async def renew(cloud: Cloud, _request: web.BaseRequest, names: Names) -> web.Response:
    """POST /control/bots/<token>/renew: another token for the same bot, as BotFather gives it."""
    bot = cloud.known(names["token"])
    cloud.renew(bot)
    return answered(_described(bot))


async def say(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/say."""
    bot, fields = cloud.known(names["token"]), await read_fields(request)
    words = text(fields, "text")
    edited = optional_number(fields, "edit_message_id")
    person = person_of(cloud, fields)
    chat = chat_of(cloud, bot, person, fields)
    if edited is None:
        update_id, message = visitors.say(cloud, bot, person=person, chat=chat, text=words)
    else:
        update_id, message = visitors.rewrite(
            cloud, bot, person=person, chat=chat, message_id=edited, text=words
        )
    return answered({"update_id": update_id, "message_id": message["message_id"], "chat_id": chat.id})


async def tap(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/tap."""
    bot, fields = cloud.known(names["token"]), await read_fields(request)
    message_id, data = number(fields, "message_id"), text(fields, "data")
    person = person_of(cloud, fields)
    chat = chat_of(cloud, bot, person, fields)
    update_id, query_id = visitors.tap(cloud, bot, person=person, chat=chat, message_id=message_id, data=data)
    return answered({"update_id": update_id, "callback_query_id": query_id, "message_id": message_id})


async def block(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/block."""
    return await _set_blocked(cloud, request, names, blocked=True)


async def unblock(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/unblock."""
    return await _set_blocked(cloud, request, names, blocked=False)


async def deactivate(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/deactivate: the person's account is gone, for every bot."""
    return await _set_active(cloud, request, names, active=False)


async def reactivate(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/reactivate."""
    return await _set_active(cloud, request, names, active=True)


async def updates(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """POST …/updates: one update or a list of them, or with `?raw=1` exactly these bytes."""
    bot = cloud.known(names["token"])
    if request.query.get("raw") in {"1", "true"}:
        update_id = visitors.deliver_bytes(cloud, bot, (await request.read()).strip())
        return answered({"update_id": update_id})
    value = await read_json(request)
    if not isinstance(value, list):
        return answered({"update_id": visitors.deliver_value(cloud, bot, value)})
    ids = [visitors.deliver_value(cloud, bot, item) for item in value]
    return answered({"update_ids": ids, "update_id": ids[-1] if ids else None})


async def chats(cloud: Cloud, _request: web.BaseRequest, names: Names) -> web.Response:
    """GET …/chats."""
    bot = cloud.known(names["token"])
    return answered([_chat_described(chat) for chat in bot.chats.values()])


async def chat(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """GET …/chats/<id>: all that the chat page shows, empty for a chat that does not exist yet."""
    bot, chat_id = cloud.known(names["token"]), chat_id_in(names)
    stranger = Person(chat_id, first_name="") if chat_id > 0 else None
    found = bot.chats.get(chat_id) or Chat(chat_id, person=stranger)
    language = request.query.get("language_code", "")
    return answered(
        {
            **_chat_described(found),
            "keyboard": found.keyboard,
            "commands": shown_commands(bot, chat_id=chat_id, language=language),
            "messages": list(found.messages()),
        }
    )


async def messages(cloud: Cloud, _request: web.BaseRequest, names: Names) -> web.Response:
    """GET …/chats/<id>/messages: both ways, oldest first; an unknown chat has none."""
    found = cloud.known(names["token"]).chats.get(chat_id_in(names))
    return answered(list(found.messages()) if found else [])


async def record(cloud: Cloud, request: web.BaseRequest, names: Names) -> web.Response:
    """GET …/record?since=N."""
    since = request.query.get("since", "0")
    if not since.isdecimal():
        raise ControlError("`since` must be a whole number from 0 on: the index of the first entry wanted")
    return answered(cloud.known(names["token"]).journal.since(int(since)))


async def _set_blocked(
    cloud: Cloud, request: web.BaseRequest, names: Names, *, blocked: bool
) -> web.Response:
    bot = cloud.known(names["token"])
    person = person_of(cloud, await read_fields(request))
    update_id = visitors.set_blocked(cloud, bot, person=person, blocked=blocked)
    return answered({"update_id": update_id, "blocked": blocked})


async def _set_active(cloud: Cloud, request: web.BaseRequest, names: Names, *, active: bool) -> web.Response:
    cloud.known(names["token"])
    person = person_of(cloud, await read_fields(request))
    person.is_active = active
    cloud.is_dirty = True
    return answered({"user_id": person.id, "active": active})


def _described(bot: BotAccount) -> dict[str, Any]:
    return {
        "id": bot.id,
        "token": bot.token,
        "name": bot.name,
        "username": bot.username,
        "state": bot.state(),
        "last_poll_at": bot.last_poll_at,
        "pending": len(bot.queue),
        "chats": len(bot.chats),
    }


def _chat_described(chat: Chat) -> dict[str, Any]:
    return {
        "chat": chat.as_chat(),
        "user": chat.person.as_user() if chat.person else None,
        "started": chat.is_started,
        "blocked": chat.is_blocked or chat.departure is not None,
        "active": chat.person.is_active if chat.person else True,
        "count": len(chat),
        "last_message": chat.last(),
    }
