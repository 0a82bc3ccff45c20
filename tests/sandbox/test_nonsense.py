"""Nonsense in any argument is refused or accepted, but never breaks the sandbox."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from tests.sandbox.client import BotHand, ControlHand

NONSENSE: list[Any] = [
    None,
    True,
    -1,
    0,
    1.5,
    10**30,
    "",
    "x",
    "\x00",
    "\ud800",
    "-",
    "9" * 5000,
    "[" * 2000,
    [],
    {},
    [None],
    [[]],
    [[{}]],
    [{"type": []}],
    {"type": {}},
    {"inline_keyboard": [[{"text": "\ud800", "url": "http://[", "callback_data": {}}]]},
    {"inline_keyboard": [[{"text": "x", "web_app": 5}, {"text": "x", "copy_text": []}]]},
    {"keyboard": [[{"text": "x", "web_app": None}]]},
    {"message_id": []},
    {"type": "photo", "media": []},
    {"type": "photo", "media": "\ud800"},
    {"type": "photo", "media": "attach://", "caption": [], "has_spoiler": {}},
    [{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": []}}],
    [{"type": "custom_emoji", "offset": 0, "length": 1, "custom_emoji_id": []}],
]
SENSIBLE: dict[str, dict[str, Any]] = {
    "answerCallbackQuery": {"callback_query_id": "1", "text": "x", "show_alert": True, "url": "x"},
    "deleteMessage": {"chat_id": 1001, "message_id": 1},
    "editMessageCaption": {"chat_id": 1001, "message_id": 1, "caption": "x", "caption_entities": None},
    "editMessageMedia": {"chat_id": 1001, "message_id": 1, "media": {"type": "photo", "media": "x"}},
    "editMessageReplyMarkup": {"chat_id": 1001, "message_id": 1, "reply_markup": None},
    "editMessageText": {"chat_id": 1001, "message_id": 1, "text": "x", "parse_mode": "HTML"},
    "getChat": {"chat_id": 1001},
    "getFile": {"file_id": "x"},
    "getUpdates": {"offset": 0, "limit": 1, "timeout": 0, "allowed_updates": None},
    "getUserProfilePhotos": {"user_id": 1001},
    "sendChatAction": {"chat_id": 1001, "action": "typing"},
    "sendMessage": {
        "chat_id": 1001,
        "text": "x",
        "parse_mode": "",
        "entities": None,
        "reply_markup": None,
        "reply_parameters": None,
    },
    "sendDocument": {"chat_id": 1001, "document": "x"},
    "sendPhoto": {
        "chat_id": 1001,
        "photo": "x",
        "caption": "x",
        "parse_mode": "",
        "caption_entities": None,
        "reply_markup": None,
        "reply_parameters": None,
    },
    "setMyCommands": {"commands": [], "scope": None, "language_code": ""},
    "setWebhook": {"url": "", "secret_token": "x", "max_connections": 1, "allowed_updates": None},
}


@pytest.mark.parametrize("method", SENSIBLE)
async def test_arguments(known_bot: BotHand, method: str) -> None:
    for name, value in itertools.product(SENSIBLE[method], NONSENSE):
        if method == "getUpdates" and name == "timeout" and value in (True, "9" * 5000):
            continue
        status, body = await known_bot.call(method, **{**SENSIBLE[method], name: value})
        assert status in {200, 400}, (name, value, body)


async def test_updates(bot: BotHand, control: ControlHand) -> None:
    parts: list[Any] = [*NONSENSE, {"id": -5, "type": []}, {"id": 7, "title": 5, "first_name": []}]
    values: list[Any] = list(NONSENSE)
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        values += [{kind: part} for part in parts]
        values += [{kind: {"chat": part, "from": part, "message_id": 5, "text": part}} for part in parts]
        values += [{kind: {"id": part, "from": part, "message": {"chat": part}}} for part in parts]
        values += [{"update_id": part, kind: {}} for part in parts]
    answer = await control.post(f"bots/{bot.token}/updates", values)
    assert len(answer["update_ids"]) == len(values)
    delivered: list[Any] = []
    offset = 0
    while batch := await bot.updates(offset=offset):
        delivered += batch
        ids = [u["update_id"] for u in batch if isinstance(u, dict) and type(u.get("update_id")) is int]
        offset = max([number + 1 for number in ids if 0 < number < 2**31], default=offset)
    without_ids = [{k: v for k, v in u.items() if k != "update_id"} for u in delivered if isinstance(u, dict)]
    wanted = [{k: v for k, v in u.items() if k != "update_id"} for u in values if isinstance(u, dict)]
    assert json.dumps(without_ids) == json.dumps(wanted)
    for chat in await control.get(f"bots/{bot.token}/chats"):
        assert await control.messages(bot, chat["chat"]["id"]) is not None


async def test_a_message_of_the_bots_own_put_in_by_hand_can_be_edited(
    bot: BotHand, control: ControlHand
) -> None:
    me = await bot.ok("getMe")
    own = {"message_id": 5, "chat": {"id": 7}, "from": {"id": me["id"]}, "photo": []}
    await control.post(f"bots/{bot.token}/updates", {"message": own})
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
    edited = await bot.ok("editMessageReplyMarkup", chat_id=7, message_id=5, reply_markup=keyboard)
    assert edited["reply_markup"] == keyboard
