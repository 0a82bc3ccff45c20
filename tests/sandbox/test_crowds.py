"""Many people at once, what all of them got, who was too fast, and groups that grow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.clock import Clock
from sandbox import SandboxServer, journal
from sandbox.state_file import StateFile
from tests.sandbox.client import BotHand, ControlHand
from tests.sandbox.pictures import picture


async def test_a_crowd_has_started_the_bot_which_hears_nothing_of_it(
    bot: BotHand, control: ControlHand
) -> None:
    made = await control.post(
        f"bots/{bot.token}/people", {"first_id": 5000, "count": 1000, "first_name": "Анна"}
    )
    assert made == {"first_id": 5000, "count": 1000}
    assert await bot.updates() == []
    sent = [await bot.ok("sendMessage", chat_id=chat_id, text="x") for chat_id in (5000, 5999)]
    assert [each["chat"] for each in sent] == [
        {"id": chat_id, "first_name": "Анна", "type": "private"} for chat_id in (5000, 5999)
    ]
    for chat_id in (4999, 6000):
        assert await bot.refusal("sendMessage", chat_id=chat_id, text="x") == (
            400,
            "Bad Request: chat not found",
        )


async def test_a_million_cost_nothing_before_somebody_has_to_do_with_them(
    server: SandboxServer, bot: BotHand, control: ControlHand
) -> None:
    await control.post(f"bots/{bot.token}/people", {"first_id": 1, "count": 1_000_000, "first_name": "Анна"})
    assert (server.cloud.people, await control.get(f"bots/{bot.token}/chats")) == ({}, [])
    await control.say(bot, "hello", user_id=7, first_name="Vera")
    await control.post(f"bots/{bot.token}/block", {"user_id": 8})
    assert (await bot.ok("sendMessage", chat_id=7, text="x"))["chat"]["first_name"] == "Vera"
    assert await bot.refusal("sendMessage", chat_id=8, text="x") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    assert len(server.cloud.people) == 2


async def test_a_bot_gathers_a_hundred_crowds(bot: BotHand, control: ControlHand) -> None:
    path = f"bots/{bot.token}/people"
    for number in range(100):
        await control.post(path, {"first_id": 1 + number, "count": 1})
    assert await control.refused(path, {"first_id": 500, "count": 1}) == (400, "a bot has at most 100 crowds")


async def test_a_chat_of_a_crowd_remembers_as_much_as_is_asked(
    server: SandboxServer, bot: BotHand, control: ControlHand, tmp_path: Path
) -> None:
    await control.post(f"bots/{bot.token}/people", {"first_id": 1, "count": 2, "keep": 0})
    await control.post(f"bots/{bot.token}/people", {"first_id": 3, "count": 1, "keep": 1})
    for text in ("one", "two"):
        for chat_id in (1, 2, 3):
            await bot.ok("sendMessage", chat_id=chat_id, text=text)
    assert [len(await control.messages(bot, chat_id)) for chat_id in (1, 2, 3)] == [0, 0, 1]
    assert await control.get(f"bots/{bot.token}/received") == {
        "chats": {"1": 2, "2": 2, "3": 2},
        "is_whole": True,
    }
    path = tmp_path / "state.json"
    file = StateFile(path, server.cloud)
    file.start()
    await file.stop()
    restored = SandboxServer(state=path)
    async with restored:
        (again,) = restored.cloud.bots.values()
        assert [chat.most_messages for chat in again.chats.values()] == [0, 0, 1]
        assert again.crowds == next(iter(server.cloud.bots.values())).crowds


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"count": 1}, "`first_id` must be given, as a whole number"),
        ({"first_id": -5, "count": 1}, "`first_id` must be positive, and `count` from 1 to 10000000"),
        ({"first_id": 5, "count": 10_000_001}, "`first_id` must be positive, and `count` from 1 to 10000000"),
        (
            {"first_id": 5, "count": 1, "keep": -1},
            "`keep` must be a whole number from 0 to 5000: messages that a chat remembers",
        ),
    ],
)
async def test_a_crowd_that_cannot_be_is_refused(
    server: SandboxServer, bot: BotHand, control: ControlHand, fields: dict[str, Any], complaint: str
) -> None:
    assert await control.refused(f"bots/{bot.token}/people", fields) == (400, complaint)
    assert server.cloud.people == {}


async def test_what_each_chat_got_is_counted_by_its_words(known_bot: BotHand, control: ControlHand) -> None:
    await control.say(known_bot, "News?", user_id=1002)
    sent = await known_bot.ok("sendMessage", chat_id=1001, text="News for Anna")
    await known_bot.photo(picture(), chat_id=1002, caption="News for Vera")
    await known_bot.photo(picture(), chat_id=1002, caption="Something else")
    await known_bot.ok("editMessageText", chat_id=1001, message_id=sent["message_id"], text="News, again")
    path = f"bots/{known_bot.token}/received"
    assert await control.get(f"{path}?containing=News") == {"chats": {"1001": 1, "1002": 1}, "is_whole": True}
    assert await control.get(f"{path}?containing=News&since=3") == {"chats": {"1002": 1}, "is_whole": True}
    assert await control.send("GET", f"{path}?since=x") == (
        400,
        {"error": "`since` must be a whole number from 0 on: the index of the first entry wanted"},
    )


async def test_it_is_said_when_not_all_is_known_any_more(
    control: ControlHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_ENTRIES", 2)
    bot = await control.bot()
    await control.say(bot, "/start")
    for _ in range(3):
        await bot.ok("sendMessage", chat_id=1001, text="x")
    assert await control.get(f"bots/{bot.token}/received") == {"chats": {"1001": 2}, "is_whole": False}
    assert await control.get(f"bots/{bot.token}/received?since=2") == {"chats": {"1001": 2}, "is_whole": True}


async def test_each_429_is_written_down(
    stopped_clock: Clock, known_bot: BotHand, control: ControlHand
) -> None:
    await control.post("limits", {"enabled": True})
    for _ in range(6):
        await known_bot.call("sendMessage", chat_id=1001, text="x")
    stopped_clock.advance(timedelta(seconds=3))
    await control.post("faults", {"token": known_bot.token, "retry_after": 9})
    await known_bot.call("getMe")
    now = stopped_clock.now().timestamp()
    assert await control.get(f"bots/{known_bot.token}/floods") == {
        "count": 2,
        "floods": [
            {"at": now - 3, "method": "sendMessage", "retry_after": 1},
            {"at": now, "method": "getMe", "retry_after": 9},
        ],
    }


async def test_a_group_becomes_a_supergroup(known_bot: BotHand, control: ControlHand) -> None:
    await control.say(known_bot, "hello", chat_id=-500, chat_title="Circle")
    last = (await known_bot.updates())[-1]["update_id"]
    moved = await control.post(f"bots/{known_bot.token}/migrate", {"chat_id": -500})
    assert moved == {"chat_id": -1_000_000_000_500}
    old, new = (each["message"] for each in await known_bot.updates(offset=last + 1))
    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (-500, -1_000_000_000_500)
    assert (new["chat"], new["migrate_from_chat_id"]) == (
        {"id": -1_000_000_000_500, "title": "Circle", "type": "supergroup"},
        -500,
    )
    assert await known_bot.call("sendMessage", chat_id=-500, text="x") == (
        400,
        {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": -1_000_000_000_500},
        },
    )
    assert (await known_bot.ok("sendMessage", chat_id=-1_000_000_000_500, text="x"))["message_id"] == 2
    complaint = "`chat_id` must be a group that the bot is in, and that is no supergroup yet"
    for chat_id in (-500, -1_000_000_000_500, 1001):
        assert await control.refused(f"bots/{known_bot.token}/migrate", {"chat_id": chat_id}) == (
            400,
            complaint,
        )


async def test_in_a_group_a_bot_deletes_only_what_it_said(known_bot: BotHand, control: ControlHand) -> None:
    said = await control.say(known_bot, "hello", chat_id=-500)
    own = await known_bot.ok("sendMessage", chat_id=-500, text="x")
    assert await known_bot.refusal("deleteMessage", chat_id=-500, message_id=said["message_id"]) == (
        400,
        "Bad Request: message can't be deleted",
    )
    assert await known_bot.ok("deleteMessage", chat_id=-500, message_id=own["message_id"]) is True
    assert len(await control.messages(known_bot, -500)) == 1
