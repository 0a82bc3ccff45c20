"""getMe, commands, chats, actions and answers to taps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.clock import Clock
from tests.sandbox.client import BotHand, ControlHand

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def tapped(bot: BotHand, control: ControlHand) -> str:
    sent = await bot.ok("sendMessage", chat_id=1001, text="?")
    tap = {"user_id": 1001, "message_id": sent["message_id"], "data": "yes"}
    return str((await control.post(f"bots/{bot.token}/tap", tap))["callback_query_id"])


async def test_a_bot_knows_itself(control: ControlHand) -> None:
    bot = await control.bot("Han")
    me = await bot.ok("getMe")
    assert {key: me[key] for key in ("id", "is_bot", "first_name", "username")} == {
        "id": int(bot.token.split(":")[0]),
        "is_bot": True,
        "first_name": "Han",
        "username": "han_bot",
    }


async def test_an_unknown_method_is_404(bot: BotHand) -> None:
    assert await bot.refusal("sendTelepathy") == (404, "Not Found")


async def test_an_unknown_token_is_401(bot: BotHand) -> None:
    assert await BotHand(bot.session, "123:unknown").refusal("getMe") == (401, "Unauthorized")


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"a": 1'])
async def test_a_broken_body_is_refused(bot: BotHand, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with bot.session.post(f"/bot{bot.token}/getMe", data=body, headers=headers) as response:
        answer = await response.json()
    assert answer["error_code"] == response.status == 400
    assert answer["description"].startswith("Bad Request: can't parse JSON object")


async def test_a_form_that_is_no_utf8_is_refused(bot: BotHand) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with bot.session.post(f"/bot{bot.token}/getMe", data=b"a=\xff", headers=headers) as response:
        assert (await response.json())["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_a_tap_carries_its_message_and_is_answered_once(
    known_bot: BotHand, control: ControlHand
) -> None:
    query_id = await tapped(known_bot, control)
    query = (await known_bot.updates())[-1]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (query_id, "yes", 1001)
    assert query["message"] == (await control.messages(known_bot))[-1]
    assert await known_bot.ok("answerCallbackQuery", callback_query_id=query_id, text="ok") is True
    assert await known_bot.refusal("answerCallbackQuery", callback_query_id=query_id) == (400, TOO_OLD)


async def test_a_tap_can_be_answered_for_150_seconds(
    known_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    old = await tapped(known_bot, control)
    stopped_clock.advance(timedelta(seconds=149))
    young = await tapped(known_bot, control)
    assert await known_bot.ok("answerCallbackQuery", callback_query_id=young)
    stopped_clock.advance(timedelta(seconds=1))
    assert await known_bot.refusal("answerCallbackQuery", callback_query_id=old) == (400, TOO_OLD)


async def test_an_answer_is_short(known_bot: BotHand, control: ControlHand) -> None:
    query_id = await tapped(known_bot, control)
    refused = await known_bot.refusal("answerCallbackQuery", callback_query_id=query_id, text="x" * 201)
    assert refused == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert await known_bot.ok("answerCallbackQuery", callback_query_id=query_id, text="x" * 200)


async def test_a_chat_is_described_without_inventing_anything(known_bot: BotHand) -> None:
    chat = await known_bot.ok("getChat", chat_id=1001)
    assert {key: chat[key] for key in ("id", "type", "first_name", "username")} == {
        "id": 1001,
        "type": "private",
        "first_name": "Anna",
        "username": "anna",
    }
    assert await known_bot.refusal("getChat", chat_id=5) == (400, "Bad Request: chat not found")
    assert await known_bot.refusal("getChat") == (400, "Bad Request: chat_id is empty")


async def test_nobody_has_photos(known_bot: BotHand) -> None:
    assert await known_bot.ok("getUserProfilePhotos", user_id=1001) == {"total_count": 0, "photos": []}
    assert await known_bot.refusal("getUserProfilePhotos", user_id=5) == (
        400,
        "Bad Request: invalid user_id specified",
    )


async def test_chat_actions_are_known_ones(known_bot: BotHand) -> None:
    assert await known_bot.ok("sendChatAction", chat_id=1001, action="typing") is True
    assert await known_bot.refusal("sendChatAction", chat_id=1001, action="dancing") == (
        400,
        "Bad Request: wrong parameter action in request",
    )
    assert await known_bot.refusal("sendChatAction", chat_id=5, action="typing") == (
        400,
        "Bad Request: chat not found",
    )


async def test_commands_are_kept_by_scope_and_language(known_bot: BotHand, control: ControlHand) -> None:
    def menu(name: str) -> list[dict[str, str]]:
        return [{"command": name, "description": "Begin"}]

    private = {"type": "all_private_chats"}
    await known_bot.ok("setMyCommands", commands=menu("default"))
    await known_bot.ok("setMyCommands", commands=menu("russian"), language_code="ru")
    await known_bot.ok("setMyCommands", commands=menu("private"), scope=private)
    await known_bot.ok("setMyCommands", commands=menu("mine"), scope={"type": "chat", "chat_id": 1002})
    assert await known_bot.ok("getMyCommands") == menu("default")
    assert await known_bot.ok("getMyCommands", language_code="ru") == menu("russian")
    assert await known_bot.ok("getMyCommands", scope=private, language_code="ru") == []

    async def shown(chat_id: int, language: str) -> Any:
        path = f"bots/{known_bot.token}/chats/{chat_id}?language_code={language}"
        return (await control.get(path))["commands"]

    assert await shown(1002, "en") == menu("mine")
    assert await shown(1001, "ru") == menu("private")
    await known_bot.ok("deleteMyCommands", scope=private)
    assert await shown(1001, "ru-RU") == menu("russian")
    assert await shown(1001, "en") == menu("default")
    await known_bot.ok("setMyCommands", commands=[])
    assert await shown(1001, "en") == []


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"commands": "{"}, "can't parse commands JSON object"),
        ({"commands": {}}, "expected an Array of BotCommand"),
        ({"commands": ["start"]}, "can't parse BotCommand: expected an Object"),
        ({"commands": [{"command": "Старт", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "start", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "language_code": "russian"}, "invalid language code specified"),
        (
            {"commands": [], "scope": {"type": "moon"}},
            "can't parse BotCommandScope: unsupported type specified",
        ),
    ],
)
async def test_broken_commands_are_refused(bot: BotHand, params: dict[str, Any], reason: str) -> None:
    assert await bot.refusal("setMyCommands", **params) == (400, f"Bad Request: {reason}")
    assert await bot.ok("getMyCommands") == []
