"""Updates put in by hand: any JSON, byte for byte where asked, believed where it makes sense."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.cloud import Cloud
from tests.sandbox.client import BotHand, ControlHand


def message(message_id: Any = 50, chat_id: Any = 7, **more: Any) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private", "first_name": "Boris"}
    sender = {"id": chat_id, "is_bot": False, "first_name": "Boris", "username": "boris"}
    return {"message_id": message_id, "date": 1, "chat": chat, "from": sender, "text": "hello", **more}


async def raw_body(bot: BotHand, **params: Any) -> bytes:
    async with bot.session.post(f"/bot{bot.token}/getUpdates", json=params) as response:
        assert response.status == 200
        body = await response.read()
    return body.removeprefix(b'{"ok":true,"result":').removesuffix(b"}")


async def test_an_update_without_a_number_is_given_one(bot: BotHand, control: ControlHand) -> None:
    first = await control.post(f"bots/{bot.token}/updates", {"message": message()})
    second = await control.post(f"bots/{bot.token}/updates", {"message": message(51)})
    assert second["update_id"] == first["update_id"] + 1
    assert await bot.updates() == [
        {"update_id": first["update_id"], "message": message()},
        {"update_id": second["update_id"], "message": message(51)},
    ]


async def test_a_list_is_queued_in_its_order(bot: BotHand, control: ControlHand) -> None:
    answer = await control.post(f"bots/{bot.token}/updates", [{"message": message(n)} for n in range(1, 6)])
    assert [update["message"]["message_id"] for update in await bot.updates()] == [1, 2, 3, 4, 5]
    assert answer["update_id"] == answer["update_ids"][-1] == answer["update_ids"][0] + 4


async def test_an_empty_list_queues_nothing(bot: BotHand, control: ControlHand) -> None:
    assert await control.post(f"bots/{bot.token}/updates", []) == {"update_ids": [], "update_id": None}
    assert await bot.updates() == []


async def test_a_message_put_in_starts_its_chat_and_can_be_read_back(
    bot: BotHand, control: ControlHand
) -> None:
    assert await bot.refusal("sendMessage", chat_id=7, text="x") == (400, "Bad Request: chat not found")
    await control.post(f"bots/{bot.token}/updates", {"message": message()})
    reply = await bot.ok("sendMessage", chat_id=7, text="hi")
    assert reply["message_id"] == 51
    assert reply["chat"] == {"id": 7, "first_name": "Boris", "username": "boris", "type": "private"}
    assert await control.messages(bot, 7) == [message(), reply]


async def test_an_edited_message_put_in_replaces_the_old_one(bot: BotHand, control: ControlHand) -> None:
    await control.post(f"bots/{bot.token}/updates", {"message": message()})
    edited = message(text="hello!", edit_date=2)
    await control.post(f"bots/{bot.token}/updates", {"edited_message": edited})
    assert await control.messages(bot, 7) == [edited]


async def test_a_group_put_in_is_one(bot: BotHand, control: ControlHand) -> None:
    group = {"id": -100200, "type": "supergroup", "title": "Circle"}
    await control.post(f"bots/{bot.token}/updates", {"message": {**message(), "chat": group}})
    sent = await bot.ok("sendMessage", chat_id=-100200, text="I work in private")
    assert (sent["chat"], sent["message_id"]) == (
        {"id": -100200, "title": "Circle", "type": "supergroup"},
        51,
    )


async def test_a_tap_put_in_can_be_answered_once(bot: BotHand, control: ControlHand) -> None:
    query = {"id": "77", "from": {"id": 7, "is_bot": False, "first_name": "B"}, "message": message()}
    await control.post(f"bots/{bot.token}/updates", {"callback_query": query})
    assert await bot.ok("answerCallbackQuery", callback_query_id="77") is True
    assert (await bot.refusal("answerCallbackQuery", callback_query_id="77"))[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"5",
        b'"text"',
        b"[]",
        b"[[1, 2], {}]",
        b"{}",
        b"{ }",
        b'{"update_id": "7"}',
        b'{"update_id": -3,   "message": 5}',
        b'{"update_id": 1e3}',
        b'{"update_id": 340282366920938463463374607431768211456}',
        b'{"message": {"text": "\\u0000 \\ud800 \\udfff"}}',
        b'{"message": {"chat": {"id": 99999999999999999999999999}, "date": 1700000000000}}',
        b'{"message": {"chat": {"id": true}, "message_id": []}, "callback_query": {"from": 5, "message": 1}}',
        b'{"a": NaN, "b": -Infinity, "c": 1e999}',
        '{"text": "привет 😀"}'.encode(),
        b"[" * 100_000 + b"]" * 100_000,
        b'{"message": {"text": "' + b"x" * 2**20 + b'"}}',
    ],
    ids=range(18),
)
async def test_any_json_is_handed_out_byte_for_byte_and_once(
    bot: BotHand, control: ControlHand, body: bytes
) -> None:
    status, _ = await control.send("POST", f"bots/{bot.token}/updates?raw=1", data=body)
    assert status == 200
    assert await raw_body(bot) == b"[" + body + b"]"
    assert await raw_body(bot) == b"[]"


async def test_raw_bytes_with_a_number_wait_for_their_confirmation(
    bot: BotHand, control: ControlHand
) -> None:
    body = b'{"update_id":   12345, "message": {}}'
    assert (await control.send("POST", f"bots/{bot.token}/updates?raw=1", data=body)) == (
        200,
        {"update_id": 12345},
    )
    assert await raw_body(bot) == b"[" + body + b"]"
    assert await raw_body(bot) == b"[" + body + b"]"
    assert await raw_body(bot, offset=12346) == b"[]"
    assert (await control.say(bot, "next"))["update_id"] == 12346


async def test_garbage_does_not_disturb_its_neighbours(bot: BotHand, control: ControlHand) -> None:
    one = await control.say(bot, "one")
    await control.post(f"bots/{bot.token}/updates", [None, {"update_id": True}])
    two = await control.say(bot, "two")
    batch = await bot.updates()
    assert [u["update_id"] if isinstance(u, dict) else u for u in batch] == [
        one["update_id"],
        None,
        True,
        two["update_id"],
    ]
    assert [u["update_id"] for u in await bot.updates(offset=two["update_id"])] == [two["update_id"]]


async def test_a_number_that_has_passed_is_handed_out_once_more(bot: BotHand, control: ControlHand) -> None:
    said = await control.say(bot, "hello")
    again = {"update_id": said["update_id"], "message": message()}
    await bot.updates(offset=said["update_id"] + 1)
    await control.post(f"bots/{bot.token}/updates", again)
    assert await bot.updates(offset=said["update_id"] + 1) == [again]
    assert await bot.updates(offset=said["update_id"] + 1) == []


async def test_what_is_no_json_is_refused(bot: BotHand, control: ControlHand) -> None:
    for query in ("", "?raw=1"):
        status, body = await control.send("POST", f"bots/{bot.token}/updates{query}", data=b"{nonsense")
        assert status == 400
        assert "no JSON" in body["error"]
    assert await bot.updates() == []


async def test_a_refused_kind_is_not_queued_raw_either(bot: BotHand, control: ControlHand) -> None:
    body = b'{"update_id": 5, "chat_member": {}}'
    assert (await control.send("POST", f"bots/{bot.token}/updates?raw=1", data=body)) == (
        200,
        {"update_id": None},
    )
    assert await bot.updates() == []


def test_a_person_keeps_what_is_known_when_less_is_told() -> None:
    cloud = Cloud()
    cloud.person(7, {"first_name": "Boris", "username": "boris", "language_code": "ru"})
    assert cloud.person(7, {"first_name": "", "username": None, "id": 7}).as_user() == {
        "id": 7,
        "is_bot": False,
        "first_name": "Boris",
        "username": "boris",
        "language_code": "ru",
    }
