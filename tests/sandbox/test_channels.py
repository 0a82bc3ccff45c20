"""Channels: bots become administrators, hear posts and their edits, post themselves, and are sent away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.clock import Clock
from sandbox import SandboxServer
from tests.sandbox.client import BotHand, ControlHand


@pytest.fixture
async def channel(bot: BotHand, control: ControlHand) -> dict[str, Any]:
    """A channel that the bot administers; what the bot was told of it is confirmed."""
    fields = {"title": "Dawn", "username": "dawn_channel", "user_id": 1001, "first_name": "Anna"}
    answer = await control.post(f"bots/{bot.token}/channels", fields)
    assert await bot.updates(offset=answer["update_id"] + 1) == []
    return dict(answer["chat"])


def place(bot: BotHand, channel: dict[str, Any], what: str = "") -> str:
    return f"bots/{bot.token}/channels/{channel['id']}{what}"


async def kinds(bot: BotHand, **params: Any) -> list[str]:
    return [next(key for key in update if key != "update_id") for update in await bot.updates(**params)]


async def test_a_bot_is_told_that_it_became_an_administrator(
    bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    answer = await control.post(f"bots/{bot.token}/channels", {"title": " Dawn ", "user_id": 1001})
    (update,) = await bot.updates()
    me = {key: value for key, value in (await bot.ok("getMe")).items() if key in _USER}
    assert str(answer["chat_id"]).startswith("-100")
    assert answer == {
        "update_id": update["update_id"],
        "chat_id": answer["chat_id"],
        "chat": {"id": answer["chat_id"], "title": "Dawn", "type": "channel"},
    }
    change = update["my_chat_member"]
    rights = {key: value for key, value in change["new_chat_member"].items() if key.startswith("can_")}
    assert {key for key, value in rights.items() if not value} == {"can_be_edited", "can_promote_members"}
    assert change == {
        "chat": answer["chat"],
        "from": {"id": 1001, "is_bot": False, "first_name": "User 1001"},
        "date": int(stopped_clock.now().timestamp()),
        "old_chat_member": {"user": me, "status": "left"},
        "new_chat_member": {"user": me, "status": "administrator", "is_anonymous": False, **rights},
    }


_USER = {"id", "is_bot", "first_name", "username"}


async def test_a_channel_without_an_owner_is_given_one(bot: BotHand, control: ControlHand) -> None:
    await control.post(f"bots/{bot.token}/channels", {"title": "Dawn"})
    (update,) = await bot.updates()
    sender = update["my_chat_member"]["from"]
    assert (sender["first_name"], sender["is_bot"], sender["id"] > 0) == ("Owner", False, True)


async def test_a_post_and_its_edit_are_heard(
    bot: BotHand, control: ControlHand, channel: dict[str, Any], stopped_clock: Clock
) -> None:
    answer = await control.post(place(bot, channel, "/posts"), {"text": "Good #morning"})
    now = int(stopped_clock.now().timestamp())
    posted = {
        "message_id": 1,
        "sender_chat": channel,
        "chat": channel,
        "date": now,
        "text": "Good #morning",
        "entities": [{"offset": 5, "length": 8, "type": "hashtag"}],
    }
    assert await bot.updates() == [{"update_id": answer["update_id"], "channel_post": posted}]
    assert answer == {"update_id": answer["update_id"], "message_id": 1, "chat_id": channel["id"]}
    stopped_clock.advance(timedelta(minutes=1))
    edit = await control.post(place(bot, channel, "/posts"), {"text": "Good evening", "edit_of": 1})
    edited = {
        **{key: posted[key] for key in ("message_id", "sender_chat", "chat", "date")},
        "edit_date": now + 60,
        "text": "Good evening",
    }
    assert (await bot.updates())[1:] == [{"update_id": edit["update_id"], "edited_channel_post": edited}]
    assert await control.messages(bot, channel["id"]) == [edited]
    record = await control.get(f"bots/{bot.token}/record")
    assert [(entry["chat_id"], entry["text"], entry["method"]) for entry in record] == [
        (channel["id"], "Good #morning", "post"),
        (channel["id"], "Good evening", "edit_post"),
    ]


async def test_only_updates_that_were_asked_for_are_delivered(
    bot: BotHand, control: ControlHand, channel: dict[str, Any]
) -> None:
    await bot.updates(allowed_updates=["edited_channel_post"])
    posted = await control.post(place(bot, channel, "/posts"), {"text": "one"})
    assert posted["update_id"] is None
    await control.post(place(bot, channel, "/posts"), {"text": "two", "edit_of": posted["message_id"]})
    assert (await control.send("DELETE", place(bot, channel)))[1]["update_id"] is None
    assert await kinds(bot) == ["edited_channel_post"]


async def test_every_bot_in_a_channel_hears_the_same_post(
    bot: BotHand, control: ControlHand, channel: dict[str, Any]
) -> None:
    await control.post(place(bot, channel, "/posts"), {"text": "before"})
    other, stranger = await control.bot("Han"), await control.bot("Max")
    joined = await control.post(f"bots/{other.token}/channels", {"chat_id": channel["id"]})
    assert joined["chat"] == channel
    posted = await control.post(place(other, channel, "/posts"), {"text": "after"})
    heard = [(await one.updates())[-1] for one in (bot, other)]
    assert heard[0]["channel_post"] == heard[1]["channel_post"]
    assert (posted["update_id"], posted["message_id"]) == (heard[1]["update_id"], 2)
    assert await stranger.updates() == []
    await control.post(place(bot, channel, "/posts"), {"text": "changed", "edit_of": 1})
    assert (await kinds(bot))[-1] == "edited_channel_post"
    assert (await kinds(other))[-1] == "channel_post"
    again = await control.post(f"bots/{other.token}/channels", {"chat_id": channel["id"]})
    assert again["update_id"] is None


async def test_a_bot_posts_edits_and_deletes_there(
    bot: BotHand, control: ControlHand, channel: dict[str, Any]
) -> None:
    posted = await control.post(place(bot, channel, "/posts"), {"text": "theirs"})
    sent = await bot.ok("sendMessage", chat_id="@Dawn_Channel", text="mine")
    assert sent == {
        "message_id": 2,
        "sender_chat": channel,
        "chat": channel,
        "date": sent["date"],
        "text": "mine",
    }
    at = {"chat_id": channel["id"], "message_id": posted["message_id"]}
    assert (await bot.ok("editMessageText", **at, text="corrected"))["text"] == "corrected"
    assert await bot.ok("deleteMessage", **at) is True
    assert await control.messages(bot, channel["id"]) == [sent]
    edited = await control.post(place(bot, channel, "/posts"), {"text": "ours", "edit_of": 2})
    assert edited["message_id"] == 2


async def test_a_channel_is_described(bot: BotHand, control: ControlHand, channel: dict[str, Any]) -> None:
    for chat_id in (channel["id"], "@dawn_channel"):
        chat = await bot.ok("getChat", chat_id=chat_id)
        assert {key: chat[key] for key in channel} == channel
    stranger = await control.bot("Max")
    for chat_id in (channel["id"], "@dawn_channel"):
        assert await stranger.refusal("getChat", chat_id=chat_id) == (400, "Bad Request: chat not found")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, "kicked", "bot was kicked from the channel chat"),
        ({"status": "left"}, "left", "bot is not a member of the channel chat"),
    ],
)
async def test_a_bot_that_was_sent_away_hears_and_says_nothing(
    bot: BotHand,
    control: ControlHand,
    channel: dict[str, Any],
    body: dict[str, str],
    status: str,
    words: str,
) -> None:
    posted = await control.post(place(bot, channel, "/posts"), {"text": "one"})
    answer = (await control.send("DELETE", place(bot, channel), json=body))[1]
    assert answer == {"update_id": posted["update_id"] + 1, "chat_id": channel["id"], "status": status}
    (_, update) = await bot.updates()
    change = update["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == (
        "administrator",
        status,
    )
    assert change["new_chat_member"].get("until_date") == (0 if status == "kicked" else None)
    for method, more in (
        ("getChat", {}),
        ("sendMessage", {"text": "x"}),
        ("editMessageText", {"text": "x", "message_id": 1}),
        ("deleteMessage", {"message_id": 1}),
    ):
        refusal = await bot.refusal(method, chat_id=channel["id"], **more)
        assert refusal == (403, f"Forbidden: {words}"), method
    gone = f"this bot is in no channel {channel['id']}; POST …/channels makes one"
    assert await control.refused(place(bot, channel, "/posts"), {"text": "two"}) == (400, gone)
    assert (await control.send("DELETE", place(bot, channel)))[1] == {"error": gone}
    (described,) = await control.get(f"bots/{bot.token}/chats")
    assert described["blocked"] is True

    await control.post(f"bots/{bot.token}/channels", {"chat_id": channel["id"]})
    back = (await bot.updates())[-1]["my_chat_member"]
    assert (back["old_chat_member"]["status"], back["new_chat_member"]["status"]) == (
        status,
        "administrator",
    )
    assert (await control.post(place(bot, channel, "/posts"), {"text": "two"}))["message_id"] == 2


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "`title` must be given, as a string"),
        ({"title": " "}, "`title` must not be empty"),
        ({"title": "x", "username": "no"}, "a username has 5 to 32 of A-Za-z0-9_ and begins with a letter"),
        ({"title": "x", "username": "Natasha_bot"}, "the username Natasha_bot is taken"),
        ({"title": "x", "username": "DAWN_channel"}, "the username DAWN_channel is taken"),
        ({"chat_id": -100}, "there is no channel -100; leave `chat_id` out to make one"),
        (
            {"title": "x", "user_id": -5},
            "`user_id` must be positive: people have positive ids, groups negative ones",
        ),
    ],
)
async def test_a_broken_wish_for_a_channel_is_refused(
    bot: BotHand,
    control: ControlHand,
    channel: dict[str, Any],
    fields: dict[str, Any],
    complaint: str,
) -> None:
    assert await control.refused(f"bots/{bot.token}/channels", fields) == (400, complaint)
    assert await bot.updates() == []
    assert len(await control.get(f"bots/{bot.token}/chats")) == 1


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "`text` must be given, as a string"),
        ({"text": " "}, "`text` is empty: Telegram lets nobody send that"),
        ({"text": "x", "edit_of": 9}, "there is no text 9 in channel"),
        ({"text": "x", "edit_of": "one"}, "`edit_of` must be a whole number other than 0"),
    ],
)
async def test_a_broken_post_is_refused(
    bot: BotHand,
    control: ControlHand,
    channel: dict[str, Any],
    fields: dict[str, Any],
    complaint: str,
) -> None:
    status, words = await control.refused(place(bot, channel, "/posts"), fields)
    assert (status, words.startswith(complaint)) == (400, True), words
    assert await control.messages(bot, channel["id"]) == []


async def test_a_channel_is_left_one_way_or_the_other(
    bot: BotHand, control: ControlHand, channel: dict[str, Any]
) -> None:
    status, body = await control.send("DELETE", place(bot, channel), json={"status": "member"})
    assert (status, body) == (400, {"error": '`status` must be "kicked" or "left"'})


async def test_a_group_is_no_channel(bot: BotHand, control: ControlHand) -> None:
    await control.say(bot, "hello", chat_id=-77)
    complaint = "this bot is in no channel -77; POST …/channels makes one"
    assert await control.refused(f"bots/{bot.token}/channels/-77/posts", {"text": "x"}) == (400, complaint)
    assert await control.refused(f"bots/{bot.token}/channels/-78/posts", {"text": "x"}) == (
        400,
        complaint.replace("77", "78"),
    )


async def test_nobody_writes_in_a_channel(
    bot: BotHand, control: ControlHand, channel: dict[str, Any]
) -> None:
    said = {"user_id": 1001, "text": "x", "chat_id": channel["id"]}
    assert await control.refused(f"bots/{bot.token}/say", said) == (
        400,
        "nobody writes in a channel; POST …/channels/<id>/posts posts there",
    )


async def test_channels_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with SandboxServer(state=state) as server, aiohttp.ClientSession(server.url) as session:
        control = ControlHand(session)
        bot, other = await control.bot(), await control.bot("Han")
        channel = (await control.post(f"bots/{bot.token}/channels", {"title": "Dawn"}))["chat"]
        await control.post(f"bots/{other.token}/channels", {"chat_id": channel["id"]})
        await control.post(place(bot, channel, "/posts"), {"text": "one"})
        await control.send("DELETE", place(other, channel))
    async with SandboxServer(state=state) as server, aiohttp.ClientSession(server.url) as session:
        control = ControlHand(session)
        bot, other = BotHand(session, bot.token), BotHand(session, other.token)
        assert (await control.post(place(bot, channel, "/posts"), {"text": "two"}))["message_id"] == 2
        assert [message["text"] for message in await control.messages(bot, channel["id"])] == ["one", "two"]
        assert [message["text"] for message in await control.messages(other, channel["id"])] == ["one"]
        assert (await other.refusal("getChat", chat_id=channel["id"]))[0] == 403
