"""The hands that other tests have in a sandbox: people with faces, channels, files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import aiohttp
import pytest

from tests.fixtures.telegram import Sandbox, TelegramPerson
from tests.sandbox.client import BotHand
from tests.sandbox.pictures import picture


@pytest.fixture
async def hand(sandbox: Sandbox, telegram_person: TelegramPerson) -> AsyncIterator[BotHand]:
    """The bot's side of the chat with Vera."""
    async with aiohttp.ClientSession(sandbox.url) as session:
        yield BotHand(session, telegram_person.token)


async def test_a_person_shows_a_face(
    sandbox: Sandbox, telegram_person: TelegramPerson, hand: BotHand
) -> None:
    await telegram_person.say("/start")
    channel = await sandbox.new_channel(telegram_person.token, title="Dawn", owner=telegram_person)
    await telegram_person.set_face(
        bio="Hi", photo=picture(), birthdate=date(1990, 4, 3), personal_chat=channel
    )
    chat = await hand.ok("getChat", chat_id=telegram_person.id)
    assert (chat["bio"], chat["birthdate"], chat["personal_chat"]) == (
        "Hi",
        {"day": 3, "month": 4, "year": 1990},
        {"id": channel.id, "title": "Dawn", "type": "channel"},
    )
    await telegram_person.set_face(bio=None, personal_chat=channel.id, birthdate={"day": 1, "month": 2})
    chat = await hand.ok("getChat", chat_id=telegram_person.id)
    assert ("bio" in chat, chat["birthdate"], "photo" in chat) == (False, {"day": 1, "month": 2}, True)
    await telegram_person.set_face(photo=None)
    assert "photo" not in await hand.ok("getChat", chat_id=telegram_person.id)


async def test_a_channel_posts_edits_and_lets_go(
    sandbox: Sandbox, telegram_person: TelegramPerson, hand: BotHand
) -> None:
    other = await sandbox.new_bot("Han")
    owner = sandbox.person(telegram_person.token, username="vera")
    channel = await sandbox.new_channel(telegram_person.token, title="Dawn", owner=owner)
    await channel.let_in(other)
    message_id = await channel.post("one")
    await channel.edit(message_id, "two")
    await channel.remove("left", token=other)
    await channel.remove()
    kinds = [next(key for key in update if key != "update_id") for update in await hand.updates()]
    assert kinds == ["my_chat_member", "channel_post", "edited_channel_post", "my_chat_member"]
    assert [message["text"] for message in await channel.messages()] == ["two"]


async def test_photos_are_heard_with_their_captions(telegram_person: TelegramPerson, hand: BotHand) -> None:
    await telegram_person.say("/start")
    await hand.ok("sendMessage", chat_id=telegram_person.id, text="one")
    for caption in ("two", "three"):
        await hand.photo(picture(), chat_id=telegram_person.id, caption=caption)
    assert await telegram_person.hear(2) == ["one", "two"]
    (message,) = await telegram_person.hear_messages()
    assert (message["caption"], await telegram_person.file(message)) == ("three", picture())
    with pytest.raises(AssertionError, match="nothing to fetch"):
        await telegram_person.file({"text": "x"})


async def test_a_person_sends_photos_and_voices(telegram_person: TelegramPerson, hand: BotHand) -> None:
    photo = await telegram_person.send_photo(picture(), caption="me")
    voice = await telegram_person.send_voice(seconds=9)
    heard = [update["message"] for update in await hand.updates()]
    assert [message["message_id"] for message in heard] == [photo, voice]
    assert (heard[0]["caption"], heard[1]["voice"]["duration"]) == ("me", 9)
    assert heard[0]["from"]["first_name"] == "Vera"
    assert await telegram_person.file(heard[0]) == picture()
    assert await telegram_person.file(heard[1]) == b"OggS voice"
