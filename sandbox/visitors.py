"""What people do to a bot: say, edit, tap, block; and updates put in by hand. Each becomes an update."""

from __future__ import annotations

import json
from typing import Any

from core.clock import clock
from sandbox import membership
from sandbox.accounts import BotAccount
from sandbox.chats import Chat, Message, author_id, words_of
from sandbox.cloud import Cloud
from sandbox.encoding import to_json
from sandbox.errors import ControlError
from sandbox.files import LARGEST_FILE, Upload
from sandbox.images import PhotoError, checked_photo
from sandbox.people import Person
from sandbox.update_queue import CALLBACK_LIFE, UPDATE_LIFE
from sandbox.words import captioned, said

_LARGEST_MESSAGE_ID = 2**31
_LARGEST_CHAT_ID = 2**52
_MESSAGE_KINDS = ("message", "edited_message", "channel_post", "edited_channel_post", "business_message")
_KINDS = frozenset(
    [
        *_MESSAGE_KINDS,
        "business_connection",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    ]
)


def say(
    cloud: Cloud, bot: BotAccount, *, person: Person, chat: Chat, text: str
) -> tuple[int | None, Message]:
    """The person writes. Answers the update's id (None when the bot wants no messages) and the message."""
    content = said(text)
    _require_open(chat)
    return _send(cloud, bot, person=person, chat=chat, content=content, method="say")


def send_file(
    cloud: Cloud,
    bot: BotAccount,
    *,
    person: Person,
    chat: Chat,
    kind: str,
    upload: Upload,
    caption: str,
    duration: int,
) -> tuple[int | None, Message]:
    """The person sends a photo, a voice message of so many seconds, or a document; answers as `say` does."""
    words = captioned(caption)
    _require_open(chat)
    if not upload.content:
        raise ControlError("the file is empty")
    if len(upload.content) > LARGEST_FILE:
        raise ControlError("the file is larger than 50 MB")
    if kind == "photo":
        try:
            file = cloud.files.issue_photo(bot.id, upload.content, checked_photo(upload.content))
        except PhotoError as error:
            raise ControlError(f"Telegram takes no such photo: {error}") from error
    elif kind == "voice" and not upload.mime_type.startswith("audio/"):
        raise ControlError("a voice message is audio")
    else:
        file = cloud.files.issue_upload(bot.id, upload, kind=kind, duration=duration)
    return _send(cloud, bot, person=person, chat=chat, content={**file.as_fields(), **words}, method="upload")


def _require_open(chat: Chat) -> None:
    if chat.channel is not None:
        raise ControlError("nobody writes in a channel; POST …/channels/<id>/posts posts there")
    if chat.is_blocked and not chat.is_group:
        raise ControlError("this person has blocked the bot; unblock first")


def _send(
    cloud: Cloud,
    bot: BotAccount,
    *,
    person: Person,
    chat: Chat,
    content: dict[str, Any],
    method: str,
) -> tuple[int | None, Message]:
    chat.is_started = True
    message: Message = {
        "message_id": bot.next_message_id(chat),
        "from": person.as_user(),
        "chat": chat.as_chat(),
        "date": int(clock.now().timestamp()),
        **content,
    }
    bot.keep(chat, message)
    bot.journal.note(chat.id, message["message_id"], words_of(message), method)
    cloud.feed.publish("message", bot=bot.id, chat=chat.id, message=message)
    return deliver(cloud, bot, "message", message), message


def rewrite(
    cloud: Cloud, bot: BotAccount, *, person: Person, chat: Chat, message_id: int, text: str
) -> tuple[int | None, Message]:
    """The person edits what they said before: a text, or the caption of what they sent."""
    old = chat.find(message_id)
    if old is None or author_id(old) != person.id:
        raise ControlError(f"message {message_id} is none of this person's in this chat")
    now = int(clock.now().timestamp())
    carried: Message = {key: old[key] for key in ("photo", "voice", "document") if key in old}
    content = {**carried, **captioned(text)} if carried else said(text)
    kept = {key: old.get(key) for key in ("message_id", "from", "chat", "date")}
    message = {**kept, "edit_date": now, **content}
    chat.keep(message)
    bot.journal.note(chat.id, message_id, text, "edit")
    cloud.feed.publish("edit", bot=bot.id, chat=chat.id, message=message)
    return deliver(cloud, bot, "edited_message", message), message


def tap(
    cloud: Cloud, bot: BotAccount, *, person: Person, chat: Chat, message_id: int, data: str
) -> tuple[int | None, str]:
    """The person taps a button. Answers the update's id and the query's."""
    message = chat.find(message_id)
    if message is None:
        raise ControlError(f"there is no message {message_id} in chat {chat.id}")
    query_id = bot.open_query(chat.id, person.id)
    query = {
        "id": query_id,
        "from": person.as_user(),
        "message": message,
        "chat_instance": str(bot.id * 31 + chat.id),
        "data": data,
    }
    return deliver(cloud, bot, "callback_query", query, life=CALLBACK_LIFE), query_id


def set_blocked(cloud: Cloud, bot: BotAccount, *, person: Person, blocked: bool) -> int | None:
    """The person blocks or unblocks the bot; nothing happens when it is so already."""
    chat = cloud.private_chat(bot, person)
    if chat.is_blocked == blocked:
        return None
    chat.is_blocked = blocked
    old, new = ("member", "kicked") if blocked else ("kicked", "member")
    change = membership.change(bot, chat, by=person, old=old, new=new)
    cloud.feed.publish("blocked", bot=bot.id, chat=chat.id, blocked=blocked)
    return deliver(cloud, bot, "my_chat_member", change)


def migrate(cloud: Cloud, bot: BotAccount, chat: Chat) -> Chat:
    """The group becomes a supergroup, which comes back. Each of the two tells of the other."""
    new_id = -1_000_000_000_000 - (abs(chat.id) % 1_000_000_000_000)
    other = cloud.group_chat(bot, new_id, kind="supergroup", title=chat.title)
    other.is_started = True
    for place, name, value in (
        (chat, "migrate_to_chat_id", other.id),
        (other, "migrate_from_chat_id", chat.id),
    ):
        message: Message = {
            "message_id": bot.next_message_id(place),
            "from": {
                "id": 1087968824,
                "is_bot": True,
                "first_name": "Group",
                "username": "GroupAnonymousBot",
            },
            "chat": place.as_chat(),
            "date": int(clock.now().timestamp()),
            name: value,
        }
        bot.keep(place, message)
        deliver(cloud, bot, "message", message)
    chat.migrated_to = other.id
    return other


def deliver(
    cloud: Cloud, bot: BotAccount, kind: str, payload: dict[str, Any], *, life: float = UPDATE_LIFE
) -> int | None:
    """Queue an update of this kind; None when the bot did not ask for such."""
    cloud.is_dirty = True
    if not bot.queue.wants(kind):
        return None
    update_id, _ = bot.queue.number()
    body = b'{"update_id":%d,"%s":%s}' % (update_id, kind.encode(), to_json(payload))
    bot.queue.put(update_id, body, life=life)
    return update_id


def deliver_value(cloud: Cloud, bot: BotAccount, value: Any) -> int | None:
    """Queue any JSON value as it is; an object without `update_id` is given one. Answers that id."""
    if not isinstance(value, dict):
        return _enqueue(cloud, bot, value, to_json(value))
    if "update_id" not in value:
        kind = _kind(value)
        if not bot.queue.wants(kind):
            return None
        update_id, _ = bot.queue.number()
        value = {"update_id": update_id, **value}
        observe(cloud, bot, value)
        bot.queue.put(update_id, to_json(value), life=_life(kind))
        return update_id
    return _enqueue(cloud, bot, value, to_json(value))


def deliver_bytes(cloud: Cloud, bot: BotAccount, body: bytes) -> int | None:
    """Queue exactly these bytes, which must be one JSON value. Answers the id that stands in them, if any."""
    try:
        value = json.loads(body)
    except RecursionError:
        value = None  # deeper than Python reads: delivered all the same
    except ValueError as error:
        raise ControlError("the body is no JSON; a fault with `body` can answer with broken bytes") from error
    return _enqueue(cloud, bot, value, body)


def _enqueue(cloud: Cloud, bot: BotAccount, value: Any, body: bytes) -> int | None:
    kind = _kind(value) if isinstance(value, dict) else None
    if not bot.queue.wants(kind):
        return None
    given = value.get("update_id") if isinstance(value, dict) else None
    update_id, once = bot.queue.number(given if given is not None else "none")
    if isinstance(value, dict):
        observe(cloud, bot, value)
    bot.queue.put(update_id, body, once=once, life=_life(kind))
    cloud.is_dirty = True
    return given if type(given) is int else None


def observe(cloud: Cloud, bot: BotAccount, update: dict[str, Any]) -> None:
    """Believe an update put in by hand where it makes sense; what makes none is left alone.

    Its chat is started, its message can be read back, its tap can be answered.
    """
    for kind in _MESSAGE_KINDS:
        if isinstance(message := update.get(kind), dict):
            _observe_message(cloud, bot, message, edited=kind.startswith("edited"))
    query = update.get("callback_query")
    if isinstance(query, dict):
        _observe_query(cloud, bot, query)


def _observe_message(cloud: Cloud, bot: BotAccount, message: dict[str, Any], *, edited: bool) -> None:
    chat = _observe_chat(cloud, bot, message)
    message_id = message.get("message_id")
    if chat is None or type(message_id) is not int or not 0 < message_id < _LARGEST_MESSAGE_ID:
        return
    bot.last_message_id = max(bot.last_message_id, message_id)
    if chat.find(message_id) is None:
        bot.keep(chat, message)
    else:
        chat.keep(message)
    bot.journal.note(chat.id, message_id, words_of(message), "updates")
    cloud.feed.publish("edit" if edited else "message", bot=bot.id, chat=chat.id, message=message)


def _observe_query(cloud: Cloud, bot: BotAccount, query: dict[str, Any]) -> None:
    message = query.get("message")
    chat = _observe_chat(cloud, bot, message) if isinstance(message, dict) else None
    sender = query.get("from")
    user_id = sender.get("id") if isinstance(sender, dict) else None
    if chat is not None and isinstance(query.get("id"), str):
        bot.open_query(chat.id, user_id if isinstance(user_id, int) else chat.id, query["id"])


def _observe_chat(cloud: Cloud, bot: BotAccount, message: dict[str, Any]) -> Chat | None:
    fields = message.get("chat")
    chat_id = fields.get("id") if isinstance(fields, dict) else None
    if not isinstance(fields, dict) or type(chat_id) is not int or not 0 < abs(chat_id) < _LARGEST_CHAT_ID:
        return None
    if chat_id > 0:
        sender = message.get("from")
        known = sender if isinstance(sender, dict) and sender.get("id") == chat_id else fields
        chat = cloud.private_chat(bot, cloud.person(chat_id, known))
    else:
        kind, title = fields.get("type"), fields.get("title")
        chat = cloud.group_chat(
            bot,
            chat_id,
            kind=kind if kind in ("group", "supergroup", "channel") else None,
            title=title if isinstance(title, str) else None,
        )
    chat.is_started = True
    return chat


def _kind(update: dict[str, Any]) -> str | None:
    return next((key for key in update if key in _KINDS), None)


def _life(kind: str | None) -> float:
    return CALLBACK_LIFE if kind in {"callback_query", "pre_checkout_query"} else UPDATE_LIFE
