"""Methods about messages: sendMessage, the edits, deleteMessage."""

from __future__ import annotations

from typing import Any

from core.clock import clock
from sandbox.accounts import BotAccount
from sandbox.bot_api.outgoing import read_text
from sandbox.bot_api.params import Params, boolean, integer, string, structure
from sandbox.chats import Chat, Message, author_id
from sandbox.cloud import Cloud
from sandbox.errors import BotApiError, bad_request
from sandbox.keyboards import Markup, checked_markup

_DELETABLE = 48 * 3600  # seconds
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def send_message(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """sendMessage."""
    markup = _read_markup(params)
    content = read_text(cloud, params)
    chat = open_chat(bot, params)
    reply = _read_reply(chat, params)
    _keep_pace(cloud, bot, chat)
    message: Message = {
        "message_id": bot.next_message_id(chat),
        "from": bot.as_user(),
        "chat": chat.as_chat(),
        "date": int(clock.now().timestamp()),
        **reply,
        **content,
    }
    if markup and "inline_keyboard" in markup:
        message["reply_markup"] = markup
    elif markup:
        chat.keyboard = None if "remove_keyboard" in markup else markup
    if boolean(params, "protect_content"):
        message["has_protected_content"] = True
    bot.keep(chat, message)
    bot.journal.note(chat.id, message["message_id"], message["text"], "sendMessage")
    cloud.is_dirty = True
    cloud.feed.publish("message", bot=bot.id, chat=chat.id, message=message, keyboard=chat.keyboard)
    return message


def edit_message_text(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """editMessageText."""
    markup = _read_markup(params)
    content = read_text(cloud, params)
    return _edit(cloud, bot, params, content=content, markup=markup)


def edit_message_reply_markup(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """editMessageReplyMarkup."""
    return _edit(cloud, bot, params, content=None, markup=_read_markup(params))


def delete_message(cloud: Cloud, bot: BotAccount, params: Params) -> bool:
    """deleteMessage."""
    chat = _chat(bot, params)
    message = chat.find(integer(params, "message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    date = message.get("date")
    if isinstance(date, int) and clock.now().timestamp() - date > _DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    chat.forget(message["message_id"])
    cloud.is_dirty = True
    cloud.feed.publish("delete", bot=bot.id, chat=chat.id, message_id=message["message_id"])
    return True


def open_chat(bot: BotAccount, params: Params) -> Chat:
    """The chat that the call means, where the bot may write. Raises Telegram's refusal."""
    chat = _chat(bot, params)
    chat.require_open()
    return chat


def _chat(bot: BotAccount, params: Params) -> Chat:
    value = string(params, "chat_id").strip()
    if not value:
        raise bad_request("chat_id is empty")
    try:
        chat = bot.chats.get(int(value))
    except ValueError:
        chat = None
    if chat is None or not chat.is_started:
        raise bad_request("chat not found")
    return chat


def _edit(
    cloud: Cloud, bot: BotAccount, params: Params, *, content: dict[str, Any] | None, markup: Markup | None
) -> Message:
    if not string(params, "message_id"):
        raise bad_request("message identifier is not specified")
    chat = open_chat(bot, params)
    old = chat.find(integer(params, "message_id"))
    if old is None:
        raise bad_request("message to edit not found")
    if author_id(old) != bot.id:
        raise bad_request("message can't be edited")
    inline = markup if markup and "inline_keyboard" in markup else None
    kept = {key: value for key, value in old.items() if key not in {"reply_markup", "edit_date"}}
    if content is not None:
        kept = {key: value for key, value in kept.items() if key not in {"text", "entities"}}
    message = {**kept, **(content or {})}
    if _face(message) == _face(old) and inline == old.get("reply_markup"):
        raise bad_request(_NOT_MODIFIED)
    _keep_pace(cloud, bot, chat)
    message["edit_date"] = int(clock.now().timestamp())
    if inline:
        message["reply_markup"] = inline
    chat.keep(message)
    method = "editMessageReplyMarkup" if content is None else "editMessageText"
    bot.journal.note(chat.id, message["message_id"], str(message.get("text", "")), method)
    cloud.is_dirty = True
    cloud.feed.publish("edit", bot=bot.id, chat=chat.id, message=message)
    return message


def _face(message: Message) -> tuple[Any, Any]:
    return message.get("text"), message.get("entities")


def _read_markup(params: Params) -> Markup | None:
    if "reply_markup" not in params:
        return None
    value = structure(params, "reply_markup", "can't parse reply keyboard markup JSON object")
    return checked_markup(value)


def _read_reply(chat: Chat, params: Params) -> dict[str, Any]:
    given = structure(params, "reply_parameters", "can't parse reply parameters JSON object")
    if given is None:
        message_id = integer(params, "reply_to_message_id")
        is_optional = boolean(params, "allow_sending_without_reply")
    elif isinstance(given, dict) and "message_id" in given:
        message_id = integer(given, "message_id")
        is_optional = boolean(given, "allow_sending_without_reply")
    else:
        raise bad_request('can\'t find field "message_id"')
    if not message_id:
        return {}
    target = chat.find(message_id)
    if target is not None:
        quoted = {key: value for key, value in target.items() if key != "reply_to_message"}
        return {"reply_to_message": quoted}
    if is_optional:
        return {}
    raise bad_request("message to be replied not found")


def _keep_pace(cloud: Cloud, bot: BotAccount, chat: Chat) -> None:
    if not cloud.limits:
        return
    wait = bot.pace.admit(chat.id, group=chat.is_group)
    if wait:
        raise BotApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
