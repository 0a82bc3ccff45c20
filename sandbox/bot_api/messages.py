"""Methods about messages: sending words and files, the edits, deleteMessage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.clock import clock
from sandbox.accounts import BotAccount
from sandbox.bot_api.media import Media, read_input_media, read_media
from sandbox.bot_api.outgoing import read_caption, read_text
from sandbox.bot_api.params import Params, boolean, integer, string, structure
from sandbox.chats import Chat, Message, author_id, words_of
from sandbox.cloud import Cloud
from sandbox.errors import BotApiError, bad_request
from sandbox.keyboards import Markup, checked_markup

_TEXT = frozenset({"text", "entities"})
_CAPTION = frozenset({"caption", "caption_entities", "show_caption_above_media"})
_MEDIA = frozenset({"animation", "audio", "document", "photo", "video", "voice"})
_DELETABLE = 48 * 3600  # seconds
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a message says, and the file that it carries."""

    words: dict[str, Any]
    media: Media | None = None

    @property
    def is_fresh(self) -> bool:
        """Is there an upload, which nobody can have seen before?"""
        return self.media is not None and self.media.known is None

    def as_fields(self, cloud: Cloud, bot: BotAccount) -> dict[str, Any]:
        """The fields of the message; an upload is kept by this."""
        return {**(self.media.as_fields(cloud.files, bot.id) if self.media else {}), **self.words}


def send_message(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """sendMessage."""
    markup = _read_markup(params)
    return _send(
        cloud, bot, params, method="sendMessage", content=_Content(read_text(cloud, params)), markup=markup
    )


def send_photo(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """sendPhoto."""
    markup = _read_markup(params)
    content = _Content(_read_caption(cloud, params), read_media(cloud, bot, params, "photo"))
    return _send(cloud, bot, params, method="sendPhoto", content=content, markup=markup)


def send_document(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """sendDocument."""
    markup = _read_markup(params)
    content = _Content(read_caption(cloud, params), read_media(cloud, bot, params, "document"))
    return _send(cloud, bot, params, method="sendDocument", content=content, markup=markup)


def send_video(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """sendVideo."""
    markup = _read_markup(params)
    content = _Content(_read_caption(cloud, params), read_media(cloud, bot, params, "video"))
    return _send(cloud, bot, params, method="sendVideo", content=content, markup=markup)


def send_voice(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """sendVoice."""
    markup = _read_markup(params)
    content = _Content(read_caption(cloud, params), read_media(cloud, bot, params, "voice"))
    return _send(cloud, bot, params, method="sendVoice", content=content, markup=markup)


def edit_message_text(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """editMessageText."""
    markup = _read_markup(params)
    content = _Content(read_text(cloud, params))
    old = _editable(cloud, bot, params)
    if not _TEXT & old.keys():
        raise bad_request("there is no text in the message to edit")
    return _edit(cloud, bot, old, method="editMessageText", content=content, replaced=_TEXT, markup=markup)


def edit_message_caption(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """editMessageCaption: without a caption, it is taken away."""
    markup = _read_markup(params)
    content = _Content(read_caption(cloud, params))
    old = _editable(cloud, bot, params)
    if not _MEDIA & old.keys():
        raise bad_request("there is no caption in the message to edit")
    return _edit(
        cloud, bot, old, method="editMessageCaption", content=content, replaced=_CAPTION, markup=markup
    )


def edit_message_media(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """editMessageMedia: file and caption change together; a text becomes one with a file."""
    markup = _read_markup(params)
    media, given = read_input_media(cloud, bot, params)
    content = _Content(_read_caption(cloud, given), media)
    replaced = _TEXT | _CAPTION | _MEDIA | {"has_media_spoiler"}
    return _edit(
        cloud,
        bot,
        _editable(cloud, bot, params),
        method="editMessageMedia",
        content=content,
        replaced=replaced,
        markup=markup,
    )


def edit_message_reply_markup(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    """editMessageReplyMarkup."""
    markup = _read_markup(params)
    return _edit(
        cloud,
        bot,
        _editable(cloud, bot, params),
        method="editMessageReplyMarkup",
        content=_Content({}),
        replaced=frozenset(),
        markup=markup,
    )


def delete_message(cloud: Cloud, bot: BotAccount, params: Params) -> bool:
    """deleteMessage."""
    chat = find_chat(cloud, bot, params)
    if chat.channel is not None:
        chat.require_open()
    message = chat.find(integer(params, "message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    date = message.get("date")
    if isinstance(date, int) and clock.now().timestamp() - date > _DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    # In a talk with one person a bot may delete theirs as well; in a group only an administrator may.
    if chat.is_group and chat.channel is None and author_id(message) != bot.id:
        raise bad_request("message can't be deleted")
    chat.forget(message["message_id"])
    cloud.is_dirty = True
    cloud.feed.publish("delete", bot=bot.id, chat=chat.id, message_id=message["message_id"])
    return True


def open_chat(cloud: Cloud, bot: BotAccount, params: Params) -> Chat:
    """The chat that the call means, where the bot may write. Raises Telegram's refusal."""
    chat = find_chat(cloud, bot, params)
    chat.require_open()
    if chat.migrated_to is not None:
        raise BotApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.migrated_to,
        )
    return chat


def find_chat(cloud: Cloud, bot: BotAccount, params: Params) -> Chat:
    """The chat that the call means, by its id or a channel's @username. Raises Telegram's refusal."""
    value = string(params, "chat_id").strip()
    if not value:
        raise bad_request("chat_id is empty")
    try:
        chat = _named(bot, value[1:]) if value.startswith("@") else cloud.chat(bot, int(value))
    except ValueError:
        chat = None
    if chat is None or not chat.is_started:
        raise bad_request("chat not found")
    return chat


def _named(bot: BotAccount, username: str) -> Chat | None:
    named = (chat for chat in bot.chats.values() if chat.channel and chat.channel.username)
    return next((chat for chat in named if chat.as_chat()["username"].lower() == username.lower()), None)


def _send(
    cloud: Cloud,
    bot: BotAccount,
    params: Params,
    *,
    method: str,
    content: _Content,
    markup: Markup | None,
) -> Message:
    chat = open_chat(cloud, bot, params)
    reply = _read_reply(chat, params)
    _keep_pace(cloud, bot, chat, is_paid=boolean(params, "allow_paid_broadcast"))
    message: Message = {
        "message_id": bot.next_message_id(chat),
        # In a channel the channel speaks.
        **({"sender_chat": chat.as_chat()} if chat.channel else {"from": bot.as_user()}),
        "chat": chat.as_chat(),
        "date": int(clock.now().timestamp()),
        **reply,
        **content.as_fields(cloud, bot),
    }
    if markup and "inline_keyboard" in markup:
        message["reply_markup"] = markup
    elif markup:
        chat.keyboard = None if "remove_keyboard" in markup else markup
    if boolean(params, "protect_content"):
        message["has_protected_content"] = True
    bot.keep(chat, message)
    bot.journal.note(chat.id, message["message_id"], words_of(message), method)
    cloud.is_dirty = True
    cloud.feed.publish("message", bot=bot.id, chat=chat.id, message=message, keyboard=chat.keyboard)
    return message


def _editable(cloud: Cloud, bot: BotAccount, params: Params) -> Message:
    if not string(params, "message_id"):
        raise bad_request("message identifier is not specified")
    chat = open_chat(cloud, bot, params)
    message = chat.find(integer(params, "message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    # A channel's administrator may edit what anybody posted.
    if author_id(message) != bot.id and chat.channel is None:
        raise bad_request("message can't be edited")
    return message


def _edit(
    cloud: Cloud,
    bot: BotAccount,
    old: Message,
    *,
    method: str,
    content: _Content,
    replaced: frozenset[str],
    markup: Markup | None,
) -> Message:
    chat = bot.chats[old["chat"]["id"]]
    inline = markup if markup and "inline_keyboard" in markup else None
    kept = {key: value for key, value in old.items() if key not in replaced | {"reply_markup", "edit_date"}}
    if not content.is_fresh and inline == old.get("reply_markup"):
        old_face = {key: value for key, value in old.items() if key not in {"reply_markup", "edit_date"}}
        if {**kept, **content.as_fields(cloud, bot)} == old_face:
            raise bad_request(_NOT_MODIFIED)
    _keep_pace(cloud, bot, chat)
    message = {**kept, **content.as_fields(cloud, bot), "edit_date": int(clock.now().timestamp())}
    if inline:
        message["reply_markup"] = inline
    chat.keep(message)
    bot.journal.note(chat.id, message["message_id"], words_of(message), method)
    cloud.is_dirty = True
    cloud.feed.publish("edit", bot=bot.id, chat=chat.id, message=message)
    return message


def _read_caption(cloud: Cloud, given: Mapping[str, Any]) -> dict[str, Any]:
    caption = read_caption(cloud, given)
    return {**caption, "has_media_spoiler": True} if boolean(given, "has_spoiler") else caption


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


def _keep_pace(cloud: Cloud, bot: BotAccount, chat: Chat, *, is_paid: bool = False) -> None:
    if not cloud.limits:
        return
    wait = bot.pace.admit(chat.id, group=chat.is_group, is_paid=is_paid)
    if wait:
        raise BotApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
