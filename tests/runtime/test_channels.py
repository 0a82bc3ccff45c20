"""Posts in channels: kept where the channel is a person's own, forgotten otherwise, and never answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bots.models import Bot
from core import aio
from core.clock import clock
from mailbox.contracts import JOB_LANES
from mailbox.models import InboundUpdate
from profiles.models import ActivityLog, ChannelPost, LinkedChannel
from profiles.services.link_channel import link_channel
from tests.cast import make_profile, on_database
from tests.fixtures.telegram import Channel, TelegramPerson
from tests.runtime.office import Office, all_settled, eventually, heard, posted, rows
from tests.runtime.test_walk import text

pytestmark = pytest.mark.usefixtures("told_at_once")


async def author(office: Office, bot: Bot, **fields: Any) -> tuple[TelegramPerson, Channel]:
    """Somebody of whose profile Telegram says that a channel is theirs; the bot is a member there."""
    person = await office.stranger(bot, first_name="Vera")
    channel = await office.sandbox.new_channel(bot.token, title="Dawn", owner=person)
    await person.set_face(personal_chat=channel)
    await on_database(make_profile, bot, **{"telegram_id": person.id, "looked_up_at": None, **fields})
    await person.say("/help")
    await person.hear()
    await eventually(lambda: linked(bot), until=lambda found: (channel.id, "Dawn") in found)
    return person, channel


async def linked(bot: Bot) -> list[Any]:
    return await rows(bot, LinkedChannel, "channel_id", "title", order="linked_at")


async def kept(bot: Bot, *fields: str) -> list[Any]:
    return await rows(bot, ChannelPost, *(fields or ("text",)), order="telegram_message_id")


async def settled(bot: Bot, kind: str, count: int) -> None:
    """Wait until so many updates of this kind were heard and are done."""
    await eventually(lambda: heard(bot, "outcome", kind=kind), until=lambda found: found == ["done"] * count)


async def test_a_post_in_a_persons_own_channel_is_kept(office: Office) -> None:
    bot = await office.open()
    vera, channel = await author(office, bot)
    said = await channel.post("I painted the <b>sea</b> again.\n\n/help me to stop")
    await settled(bot, "channel_post", 1)
    ((words, channel_id, message_id, edited_at, posted_at),) = await kept(
        bot, "text", "channel_id", "telegram_message_id", "edited_at", "posted_at"
    )
    assert (channel_id, message_id, edited_at) == (channel.id, said, None)
    assert words == "I painted the <b>sea</b> again.\n\n/help me to stop"
    assert abs(clock.now() - posted_at) < timedelta(minutes=5)
    assert await rows(bot, ActivityLog, "details", kind="channel_post") == [
        {"channel": channel.id, "post": said}
    ]
    # It is kept in one place, and nobody is answered there.
    assert {bytes(each) for each in await heard(bot, "payload", kind="channel_post")} == {b""}
    assert [each["from"]["is_bot"] for each in await channel.messages() if "from" in each] == []
    assert set(await posted(bot, "chat_id")) == {vera.id}


async def test_an_edited_post_stands_in_the_place_of_what_was_said_before(office: Office) -> None:
    bot = await office.open()
    _, channel = await author(office, bot)
    first, second = await channel.post("one"), await channel.post("two")
    await channel.edit(first, "One, and better.")
    await settled(bot, "edited_channel_post", 1)
    assert [(text_, edited_at is None) for text_, edited_at in await kept(bot, "text", "edited_at")] == [
        ("One, and better.", False),
        ("two", True),
    ]
    assert await kept(bot, "telegram_message_id") == [first, second]
    assert len(await rows(bot, ActivityLog, "id", kind="channel_post")) == 2


async def test_the_newest_fifty_posts_are_kept(office: Office) -> None:
    bot = await office.open()
    _, channel = await author(office, bot)
    for number in range(53):
        await channel.post(f"post {number}")
    await settled(bot, "channel_post", 53)
    assert await kept(bot) == [f"post {number}" for number in range(3, 53)]


async def test_posts_of_nobody_are_forgotten_at_once(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    channel = await office.sandbox.new_channel(bot.token, title="News", owner=vera)
    said = await channel.post("Not about anybody here.")
    await channel.edit(said, "Still not.")
    await settled(bot, "edited_channel_post", 1)
    assert await kept(bot) == []
    assert await rows(bot, ActivityLog, "id", kind="channel_post") == []
    assert {bytes(each) for each in await heard(bot, "payload")} == {b""}
    assert await posted(bot, "id") == []


async def test_a_picture_without_words_is_no_post(office: Office) -> None:
    bot = await office.open()
    vera, channel = await author(office, bot)
    post = {
        "message_id": 7001,
        "date": 1_790_000_000,
        "chat": {"id": channel.id, "type": "channel", "title": "Dawn"},
        "sender_chat": {"id": channel.id, "type": "channel", "title": "Dawn"},
        "photo": [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}],
    }
    await vera.send({"channel_post": post})
    await vera.send({"channel_post": {**post, "message_id": 7002, "caption": "The sea, again"}})
    await settled(bot, "channel_post", 2)
    assert await kept(bot, "telegram_message_id", "text") == [(7002, "The sea, again")]


async def test_a_post_that_comes_again_is_one_post(office: Office) -> None:
    bot = await office.open()
    vera, channel = await author(office, bot)
    post = {
        "message_id": 7001,
        "date": 1_790_000_000,
        "chat": {"id": channel.id, "type": "channel", "title": "Dawn"},
        "text": "Once.",
    }
    for _ in range(2):
        await vera.send({"channel_post": post})
    await settled(bot, "channel_post", 2)
    assert await kept(bot) == ["Once."]
    assert len(await rows(bot, ActivityLog, "id", kind="channel_post")) == 1


async def test_each_bot_keeps_what_its_own_people_post(office: Office) -> None:
    bot, other = await office.open(), await office.open()
    vera, channel = await author(office, bot)
    await on_database(make_profile, other, telegram_id=vera.id)
    await channel.let_in(other.token)
    await channel.post("Heard by both.")
    await settled(bot, "channel_post", 1)
    await settled(other, "channel_post", 1)
    assert await kept(bot) == ["Heard by both."]
    assert (await kept(other), await linked(other)) == ([], [])


async def test_a_bot_that_was_sent_away_hears_no_more_and_says_nothing(office: Office) -> None:
    bot = await office.open()
    vera, channel = await author(office, bot)
    await channel.post("before")
    await channel.remove()
    await settled(bot, "my_chat_member", 2)
    await settled(bot, "channel_post", 1)
    # It is still theirs, and so is what was kept.
    assert (await kept(bot), await linked(bot)) == (["before"], [(channel.id, "Dawn")])
    assert await rows(bot, InboundUpdate, "reason", lane__lt=JOB_LANES, order="seq") == [""] * 4
    assert set(await posted(bot, "chat_id")) == {vera.id}
    await vera.say("/help")
    assert await vera.hear() == [text("help.text")]


async def test_who_is_forgotten_is_forgotten_in_their_channel_too(office: Office) -> None:
    bot = await office.open()
    vera, channel = await author(office, bot)
    await channel.post("My secret is 4711.")
    await settled(bot, "channel_post", 1)
    await vera.say("/forget_me")
    await vera.hear()
    await vera.tap(text("forget.confirm_button"))
    assert await vera.hear() == [text("forget.done")]
    assert (await kept(bot), await linked(bot)) == ([], [])
    await channel.post("And I am still here.")
    await settled(bot, "channel_post", 2)
    await all_settled(bot)
    assert await kept(bot) == []


async def test_the_channel_of_now_is_listened_to_and_the_one_before_no_longer(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    long_ago = clock.now() - timedelta(days=8)
    person = await on_database(make_profile, bot, telegram_id=vera.id, looked_up_at=long_ago)
    before = await office.sandbox.new_channel(bot.token, title="Dawn", owner=vera)
    now = await office.sandbox.new_channel(bot.token, title="Noon", owner=vera)
    await aio.run_in_bot(
        bot.id, link_channel, bot_id=bot.id, profile_id=person.id, channel_id=before.id, title="Dawn"
    )
    await before.post("before")
    await settled(bot, "channel_post", 1)
    await vera.set_face(personal_chat=now)
    await vera.say("/help")
    await vera.hear()
    await eventually(lambda: linked(bot), until=lambda found: found == [(now.id, "Noon")])
    await before.post("not mine any more")
    await now.post("mine")
    await settled(bot, "channel_post", 3)
    assert sorted(await kept(bot)) == ["before", "mine"]
