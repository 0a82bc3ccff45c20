"""The control API: bots, people, records, and clear words for what cannot be done."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest

from core.clock import Clock
from sandbox import SandboxServer
from tests.sandbox.client import BotHand, ControlHand


async def test_a_new_bot_gets_a_token_of_telegrams_shape(control: ControlHand) -> None:
    created = await control.post("bots", {"name": "Наташа Щукина"})
    assert re.fullmatch(r"\d{10}:AA[A-Za-z0-9_-]{33}", created["token"])
    assert created == {
        "id": int(created["token"].split(":")[0]),
        "token": created["token"],
        "name": "Наташа Щукина",
        "username": "natasha_schukina_bot",
        "state": "new",
        "last_poll_at": None,
        "pending": 0,
        "chats": 0,
    }
    assert await control.get("bots") == [created]


@pytest.mark.parametrize(
    ("name", "username"), [("42", "sandbox42_bot"), ("🌿", "sandbox_bot"), ("Han Solo!", "han_solo_bot")]
)
async def test_a_username_is_made_from_the_name(control: ControlHand, name: str, username: str) -> None:
    assert (await control.post("bots", {"name": name}))["username"] == username


async def test_two_bots_of_one_name_have_different_usernames(control: ControlHand) -> None:
    names = [(await control.post("bots", {"name": "Han"}))["username"] for _ in range(3)]
    assert names == ["han_bot", "han2_bot", "han3_bot"]


async def test_a_given_token_is_registered(control: ControlHand) -> None:
    bot = await control.bot("Han", token="123456:abc", username="HanCompanionBot")
    me = await bot.ok("getMe")
    assert (bot.token, me["id"], me["username"]) == ("123456:abc", 123456, "HanCompanionBot")


async def test_the_same_number_with_another_token_renews_it(control: ControlHand) -> None:
    old = await control.bot("Han", token="123456:old")
    await control.say(old, "/start")
    new = await control.bot("Han Solo", token="123456:new")
    assert await old.refusal("getMe") == (401, "Unauthorized")
    assert (await new.ok("getMe"))["first_name"] == "Han Solo"
    assert (await new.ok("sendMessage", chat_id=1001, text="still here"))["message_id"] == 2
    assert len(await control.get("bots")) == 1


async def test_registering_the_same_token_again_changes_only_what_is_given(control: ControlHand) -> None:
    first = await control.post("bots", {"name": "Han", "token": "123456:abc"})
    again = await control.post("bots", {"token": "123456:abc", "username": "another_bot"})
    assert again == {**first, "username": "another_bot"}


async def test_a_revoked_token_works_again_when_registered_anew(control: ControlHand) -> None:
    bot = await control.bot("Han", token="123456:abc")
    await control.send("DELETE", f"bots/{bot.token}")
    assert await bot.refusal("getMe") == (401, "Unauthorized")
    assert [known["state"] for known in await control.get("bots")] == ["revoked"]
    await control.bot("Han", token="123456:abc")
    assert (await bot.ok("getMe"))["id"] == 123456


async def test_renewing_gives_the_same_bot_another_token(known_bot: BotHand, control: ControlHand) -> None:
    renewed = await control.post(f"bots/{known_bot.token}/renew")
    assert renewed["id"] == int(known_bot.token.split(":")[0])
    assert renewed["token"] != known_bot.token
    assert await known_bot.refusal("getMe") == (401, "Unauthorized")
    assert len(await control.messages(BotHand(known_bot.session, renewed["token"]))) == 1
    assert len(await control.messages(known_bot)) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "`name` must be given, as a string that is not empty"),
        ({"name": "  "}, "`name` must be given, as a string that is not empty"),
        ({"name": 5}, "`name` must be a string"),
        ({"name": "\ud800"}, "`name` has half a surrogate pair; POST …/updates takes such things"),
        ([], "the body must be a JSON object"),
        (
            {"name": "Han", "token": "abc"},
            "a token looks like 123456789:AAE… (digits, a colon, at least 3 of A-Za-z0-9_-)",
        ),
        (
            {"name": "Han", "username": "1"},
            "a username has 5 to 32 of A-Za-z0-9_ and begins with a letter",
        ),
    ],
)
async def test_a_bot_that_cannot_be_is_refused(control: ControlHand, body: Any, words: str) -> None:
    assert await control.refused("bots", body) == (400, words)
    assert await control.get("bots") == []


async def test_what_a_person_says_reaches_the_bot(
    bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    answer = await control.say(
        bot, "/start from_ad", first_name="Anna", last_name="K", username="anna", language_code="ru"
    )
    anna = {"id": 1001, "is_bot": False, "first_name": "Anna", "last_name": "K", "username": "anna"}
    assert answer == {"update_id": answer["update_id"], "message_id": 1, "chat_id": 1001}
    expected = {
        "message_id": 1,
        "from": {**anna, "language_code": "ru"},
        "chat": {"id": 1001, "first_name": "Anna", "last_name": "K", "username": "anna", "type": "private"},
        "date": int(stopped_clock.now().timestamp()),
        "text": "/start from_ad",
        "entities": [{"offset": 0, "length": 6, "type": "bot_command"}],
    }
    assert await bot.updates() == [{"update_id": answer["update_id"], "message": expected}]
    assert await control.messages(bot) == [expected]


async def test_a_person_edits_what_they_said(known_bot: BotHand, control: ControlHand) -> None:
    said = await control.say(known_bot, "helo")
    edited = await control.say(known_bot, "hello", edit_message_id=said["message_id"])
    assert (edited["message_id"], edited["update_id"]) == (said["message_id"], said["update_id"] + 1)
    message = (await known_bot.updates())[-1]["edited_message"]
    assert (message["text"], message["message_id"]) == ("hello", said["message_id"])
    assert message["edit_date"] >= message["date"]
    assert (await control.messages(known_bot))[-1] == message


async def test_nobody_edits_what_another_said(known_bot: BotHand, control: ControlHand) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="mine")
    edit = {"user_id": 1001, "text": "x", "edit_message_id": sent["message_id"]}
    assert await control.refused(f"bots/{known_bot.token}/say", edit) == (
        400,
        "message 2 is none of this person's in this chat",
    )


async def test_a_group_has_its_kind_and_title(bot: BotHand, control: ControlHand) -> None:
    await control.say(bot, "hello", chat_id=-77, chat_title="Circle")
    await control.say(bot, "hello", chat_id=-78, chat_type="supergroup")
    chats = await control.get(f"bots/{bot.token}/chats")
    assert [chat["chat"] for chat in chats] == [
        {"id": -77, "title": "Circle", "type": "group"},
        {"id": -78, "title": "Group 78", "type": "supergroup"},
    ]


async def test_blocking_and_unblocking_tell_the_bot_once(
    known_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    me = await known_bot.ok("getMe")
    user = {key: me[key] for key in ("id", "is_bot", "first_name", "username")}
    blocked = await control.post(f"bots/{known_bot.token}/block", {"user_id": 1001})
    assert (await control.post(f"bots/{known_bot.token}/block", {"user_id": 1001}))["update_id"] is None
    assert await control.refused(f"bots/{known_bot.token}/say", {"user_id": 1001, "text": "x"}) == (
        400,
        "this person has blocked the bot; unblock first",
    )
    unblocked = await control.post(f"bots/{known_bot.token}/unblock", {"user_id": 1001})
    anna = {"id": 1001, "is_bot": False, "first_name": "Anna", "username": "anna", "language_code": "en"}
    common = {
        "chat": {"id": 1001, "first_name": "Anna", "username": "anna", "type": "private"},
        "from": anna,
        "date": int(stopped_clock.now().timestamp()),
    }
    member = {"user": user, "status": "member"}
    kicked = {"user": user, "status": "kicked", "until_date": 0}
    assert await known_bot.updates() == [
        {
            "update_id": blocked["update_id"],
            "my_chat_member": {**common, "old_chat_member": member, "new_chat_member": kicked},
        },
        {
            "update_id": unblocked["update_id"],
            "my_chat_member": {**common, "old_chat_member": kicked, "new_chat_member": member},
        },
    ]


async def test_a_stranger_who_blocks_has_still_not_begun(bot: BotHand, control: ControlHand) -> None:
    await control.post(f"bots/{bot.token}/block", {"user_id": 5})
    assert await bot.refusal("sendMessage", chat_id=5, text="x") == (400, "Bad Request: chat not found")


@pytest.mark.parametrize(
    ("action", "body", "words"),
    [
        ("say", {"text": "x"}, "`user_id` must be given, as a whole number"),
        (
            "say",
            {"user_id": 0, "text": "x"},
            "`user_id` must be a whole number other than 0, of at most 52 bits",
        ),
        (
            "say",
            {"user_id": 2**53, "text": "x"},
            "`user_id` must be a whole number other than 0, of at most 52 bits",
        ),
        (
            "say",
            {"user_id": -5, "text": "x"},
            "`user_id` must be positive: people have positive ids, groups negative ones",
        ),
        ("say", {"user_id": 5}, "`text` must be given, as a string"),
        ("say", {"user_id": 5, "text": " "}, "`text` is empty: Telegram lets nobody send that"),
        (
            "say",
            {"user_id": 5, "text": "x" * 4097},
            "`text` is longer than 4096 UTF-16 units; …/updates takes any size",
        ),
        (
            "say",
            {"user_id": 5, "text": "x", "chat_id": 6},
            "`chat_id` must be the person's own or a group's, which is negative",
        ),
        (
            "say",
            {"user_id": 5, "text": "x", "chat_id": -6, "chat_type": "private"},
            "`chat_type` must be group, supergroup or channel",
        ),
        ("tap", {"user_id": 5, "data": "x"}, "`message_id` must be given, as a whole number"),
        ("tap", {"user_id": 5, "message_id": 9, "data": "x"}, "there is no message 9 in chat 5"),
    ],
)
async def test_what_a_person_cannot_do_is_refused(
    bot: BotHand, control: ControlHand, action: str, body: dict[str, Any], words: str
) -> None:
    assert await control.refused(f"bots/{bot.token}/{action}", body) == (400, words)
    assert await bot.updates() == []


async def test_ids_may_be_written_as_strings(bot: BotHand, control: ControlHand) -> None:
    answer = await control.post(f"bots/{bot.token}/say", {"user_id": "5", "text": "x"})
    assert answer["chat_id"] == 5


async def test_unknown_tokens_and_addresses_are_404(control: ControlHand) -> None:
    unknown = "no bot has this token; POST /control/bots makes one"
    assert await control.refused("bots/1:abc/say", {"user_id": 5, "text": "x"}) == (404, unknown)
    assert await control.send("GET", "nothing") == (404, {"error": "there is nothing at this address"})
    assert await control.send("PUT", "bots") == (405, {"error": "this address takes GET and POST, not PUT"})


async def test_a_chat_can_be_looked_at_before_it_exists(bot: BotHand, control: ControlHand) -> None:
    assert await control.messages(bot, 42) == []
    chat = await control.get(f"bots/{bot.token}/chats/42")
    assert (chat["started"], chat["messages"], chat["commands"]) == (False, [], [])
    assert await control.get(f"bots/{bot.token}/chats") == []
    status, body = await control.send("GET", f"bots/{bot.token}/chats/x/messages")
    assert (status, body) == (400, {"error": "the chat's id must be a whole number"})


async def test_the_record_says_when_each_message_came(
    known_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="one")
    await known_bot.ok("editMessageText", chat_id=1001, message_id=sent["message_id"], text="two")
    record = await control.get(f"bots/{known_bot.token}/record")
    assert [(entry["index"], entry["method"], entry["text"]) for entry in record] == [
        (0, "say", "/start"),
        (1, "sendMessage", "one"),
        (2, "editMessageText", "two"),
    ]
    assert record[1] == {
        "index": 1,
        "chat_id": 1001,
        "message_id": 2,
        "text": "one",
        "at": stopped_clock.now().timestamp(),
        "method": "sendMessage",
    }
    assert await control.get(f"bots/{known_bot.token}/record?since=2") == record[2:]
    status, body = await control.send("GET", f"bots/{known_bot.token}/record?since=x")
    assert (status, body["error"][:7]) == (400, "`since`")


async def test_stats_count_calls_and_errors(known_bot: BotHand, control: ControlHand) -> None:
    await known_bot.ok("sendMessage", chat_id=1001, text="one")
    await known_bot.refusal("sendMessage", chat_id=5, text="one")
    await known_bot.refusal("sendTelepathy")
    await BotHand(known_bot.session, "123:unknown").refusal("getMe")
    stats = await control.get("stats")
    (bot,) = stats["bots"]
    assert bot["token"] == known_bot.token
    assert bot["methods"] == {"getUpdates": 1, "sendMessage": 2}
    assert bot["errors"] == {"sendMessage": {"400": 1}, "sendTelepathy": {"404": 1}}
    assert stats["methods"] == bot["methods"]
    assert stats["errors"] == {**bot["errors"], "getMe": {"401": 1}}
    assert stats["limits"] is False


async def test_stats_do_not_grow_with_invented_methods(server: SandboxServer, bot: BotHand) -> None:
    for number in range(1_010):
        await bot.call(f"invented{number}")
    errors = server.cloud.known(bot.token).errors
    assert len(errors) == 1_001
    assert errors["other", 404] == 10


@pytest.mark.parametrize("body", [{}, {"enabled": "yes"}])
async def test_limits_are_on_or_off(control: ControlHand, body: Any) -> None:
    assert await control.refused("limits", body) == (400, "`enabled` must be true or false")


async def test_the_state_of_a_bot_follows_its_polls(
    bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    async def state() -> str:
        return str((await control.get("bots"))[0]["state"])

    assert await state() == "new"
    await bot.updates()
    assert await state() == "listening"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sandbox.accounts._SILENT_AFTER", -1)
        assert await state() == "silent"
    await bot.ok("setWebhook", url="https://example.com/x")
    assert await state() == "webhook"


async def test_pages_from_elsewhere_are_turned_away(session: aiohttp.ClientSession) -> None:
    async with session.get("/control/bots", headers={"Origin": "https://example.com"}) as response:
        assert (response.status, await response.json()) == (
            403,
            {"error": "pages from elsewhere may not use this sandbox"},
        )
    async with session.get("/control/bots", headers={"Host": "example.com"}) as response:
        assert (response.status, await response.json()) == (
            403,
            {"error": "this sandbox answers only to local names"},
        )
    local = {"Origin": "http://localhost:8000", "Host": "sandbox.localhost"}
    async with session.get("/control/bots", headers=local) as response:
        assert response.status == 200


async def test_health(session: aiohttp.ClientSession) -> None:
    async with session.get("/healthz") as response:
        assert (response.status, await response.json()) == (200, {"ok": True})
    async with session.head("/healthz") as response:
        assert response.status == 200
