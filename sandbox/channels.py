"""Channels: bots become their administrators, hear their posts, and are sent away."""

from __future__ import annotations

from core.clock import clock
from sandbox import membership
from sandbox.accounts import BotAccount
from sandbox.chats import Channel, Chat, Message
from sandbox.cloud import Cloud
from sandbox.errors import ControlError
from sandbox.visitors import deliver
from sandbox.words import said


def let_in(cloud: Cloud, bot: BotAccount, channel: Channel) -> int | None:
    """The owner makes the bot an administrator. Answers the update's id, None when there is nothing to say."""
    chat = bot.chats.get(channel.id)
    if chat is not None and chat.is_open:
        return None
    if chat is None:
        chat = bot.chats[channel.id] = Chat(channel.id, channel=channel)
    old, chat.departure = chat.departure or "left", None
    chat.is_started = True
    owner = cloud.person(channel.owner_id, {})
    change = membership.change(bot, chat, by=owner, old=old, new="administrator")
    return deliver(cloud, bot, "my_chat_member", change)


def send_away(cloud: Cloud, bot: BotAccount, chat: Chat, *, status: str) -> int | None:
    """The owner removes the bot ("left") or bans it ("kicked"); it hears nothing from here any more."""
    channel = _channel(chat)
    chat.departure = status
    owner = cloud.person(channel.owner_id, {})
    change = membership.change(bot, chat, by=owner, old="administrator", new=status)
    return deliver(cloud, bot, "my_chat_member", change)


def post(cloud: Cloud, chat: Chat, text: str) -> tuple[Message, dict[int, int | None]]:
    """Something new in the channel. Answers the message, and the update's id for each bot in it."""
    channel = _channel(chat)
    content = said(text)
    channel.last_message_id += 1
    message: Message = {
        "message_id": channel.last_message_id,
        "sender_chat": channel.as_chat(),
        "chat": channel.as_chat(),
        "date": int(clock.now().timestamp()),
        **content,
    }
    updates = {}
    for bot in _bots_in(cloud, channel):
        bot.keep(bot.chats[channel.id], message)
        bot.journal.note(channel.id, message["message_id"], text, "post")
        cloud.feed.publish("message", bot=bot.id, chat=channel.id, message=message)
        updates[bot.id] = deliver(cloud, bot, "channel_post", message)
    return message, updates


def edit_post(
    cloud: Cloud, chat: Chat, text: str, *, message_id: int
) -> tuple[Message, dict[int, int | None]]:
    """A post says something else now; answers as `post` does."""
    channel = _channel(chat)
    content = said(text)
    old = chat.find(message_id)
    if old is None or "text" not in old:
        raise ControlError(f"there is no text {message_id} in channel {chat.id}")
    kept = {key: value for key, value in old.items() if key not in {"text", "entities"}}
    message = {**kept, "edit_date": int(clock.now().timestamp()), **content}
    updates = {}
    for bot in _bots_in(cloud, channel):
        its_chat = bot.chats[channel.id]
        if its_chat.find(message_id) is None:
            continue
        its_chat.keep(message)
        bot.journal.note(channel.id, message_id, text, "edit_post")
        cloud.feed.publish("edit", bot=bot.id, chat=channel.id, message=message)
        updates[bot.id] = deliver(cloud, bot, "edited_channel_post", message)
    return message, updates


def _bots_in(cloud: Cloud, channel: Channel) -> list[BotAccount]:
    return [
        bot
        for bot in cloud.bots.values()
        if (chat := bot.chats.get(channel.id)) is not None and chat.channel is channel and chat.is_open
    ]


def _channel(chat: Chat) -> Channel:
    if chat.channel is None or not chat.is_open:
        raise ControlError(f"this bot is in no channel {chat.id}; POST …/channels makes one")
    return chat.channel
