"""Methods about the bot itself: getMe, commands, actions, answers to taps."""

from __future__ import annotations

import re
from typing import Any

from sandbox.accounts import BotAccount
from sandbox.bot_api.messages import open_chat
from sandbox.bot_api.params import Params, boolean, string, structure
from sandbox.cloud import Cloud
from sandbox.errors import bad_request
from sandbox.text.formatted import utf16_length

_COMMAND = re.compile(r"[a-z0-9_]{1,32}$")
_LONGEST_DESCRIPTION = 256
_LONGEST_ANSWER = 200
_MOST_COMMANDS = 100
_MEDIA = ("photo", "video", "voice", "audio", "document", "video_note")
_ACTIONS = frozenset({"typing", "choose_sticker", "find_location"}) | {
    f"{verb}_{kind}" for verb in ("record", "upload") for kind in _MEDIA
}
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def get_me(_cloud: Cloud, bot: BotAccount, _params: Params) -> dict[str, Any]:
    """getMe."""
    return {
        **bot.as_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


def send_chat_action(cloud: Cloud, bot: BotAccount, params: Params) -> bool:
    """sendChatAction."""
    action = string(params, "action").lower()
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = open_chat(cloud, bot, params)
    cloud.feed.publish("action", bot=bot.id, chat=chat.id, action=action)
    return True


def answer_callback_query(cloud: Cloud, bot: BotAccount, params: Params) -> bool:
    """answerCallbackQuery."""
    text = string(params, "text")
    if utf16_length(text) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = string(params, "callback_query_id")
    query = bot.close_query(query_id)
    if query is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    cloud.feed.publish(
        "answer",
        bot=bot.id,
        chat=query.chat_id,
        user=query.user_id,
        query_id=query_id,
        text=text,
        alert=boolean(params, "show_alert"),
        url=string(params, "url"),
    )
    return True


def set_my_commands(cloud: Cloud, bot: BotAccount, params: Params) -> bool:
    """setMyCommands."""
    key = _commands_key(params)
    given = structure(params, "commands", "can't parse commands JSON object")
    if not isinstance(given, list):
        raise bad_request("expected an Array of BotCommand")
    if len(given) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    bot.commands[key] = [_checked_command(command) for command in given]
    return _commands_changed(cloud, bot)


def delete_my_commands(cloud: Cloud, bot: BotAccount, params: Params) -> bool:
    """deleteMyCommands."""
    bot.commands.pop(_commands_key(params), None)
    return _commands_changed(cloud, bot)


def get_my_commands(_cloud: Cloud, bot: BotAccount, params: Params) -> list[dict[str, str]]:
    """getMyCommands."""
    return bot.commands.get(_commands_key(params), [])


def shown_commands(bot: BotAccount, *, chat_id: int, language: str) -> list[dict[str, str]]:
    """The menu that a person of this language sees in their private chat: the narrowest scope that is set."""
    for scope in (f"chat:{chat_id}", "all_private_chats", "default"):
        for spoken in (language[:2].lower(), ""):
            if commands := bot.commands.get((scope, spoken)):
                return commands
    return []


def _commands_changed(cloud: Cloud, bot: BotAccount) -> bool:
    cloud.is_dirty = True
    cloud.feed.publish("commands", bot=bot.id)
    return True


def _commands_key(params: Params) -> tuple[str, str]:
    scope = structure(params, "scope", "can't parse BotCommandScope JSON object") or {"type": "default"}
    if not isinstance(scope, dict) or str(scope.get("type")) not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    parts = [str(scope["type"]), *(str(scope.get(field, "")) for field in _SCOPES[scope["type"]])]
    language = string(params, "language_code")
    if language and not (len(language) == 2 and language.isalpha()):
        raise bad_request("invalid language code specified")
    return ":".join(parts), language.lower()


def _checked_command(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name = str(command.get("command", "")).removeprefix("/")
    if not _COMMAND.match(name):
        raise bad_request("BOT_COMMAND_INVALID")
    description = str(command.get("description", "")).strip()
    if not 1 <= utf16_length(description) <= _LONGEST_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
