"""Trouble on order."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.sandbox.client import BotHand, ControlHand


async def test_a_fault_is_used_up_by_the_calls_it_matches(known_bot: BotHand, control: ControlHand) -> None:
    await control.post("faults", {"method": "sendMessage", "error_code": 502, "times": 2})
    assert await known_bot.ok("getMe")
    for _ in range(2):
        assert await known_bot.refusal("sendMessage", chat_id=1001, text="x") == (502, "Bad Gateway")
    assert await known_bot.ok("sendMessage", chat_id=1001, text="x")
    assert await control.get("faults") == {"faults": []}


async def test_the_first_matching_fault_is_met_first(known_bot: BotHand, control: ControlHand) -> None:
    other = await control.bot("Han")
    await control.post("faults", {"token": other.token, "error_code": 500})
    await control.post("faults", {"error_code": 503, "description": "Out of order"})
    await control.post("faults", {"method": "GETME", "error_code": 504})
    assert await known_bot.refusal("getMe") == (503, "Out of order")
    assert await known_bot.refusal("getMe") == (504, "Gateway Timeout")
    assert await other.refusal("getMe") == (500, "Internal Server Error")


async def test_a_fault_can_ask_for_patience(known_bot: BotHand, control: ControlHand) -> None:
    await control.post("faults", {"retry_after": 7})
    assert await known_bot.call("sendMessage", chat_id=1001, text="x") == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        },
    )
    assert len(await control.messages(known_bot)) == 1


@pytest.mark.parametrize(("drop", "texts"), [("before", ["/start"]), ("after", ["/start", "x"])])
async def test_a_dropped_call_was_acted_on_or_not(
    known_bot: BotHand, control: ControlHand, drop: str, texts: list[str]
) -> None:
    await control.post("faults", {"method": "sendMessage", "drop": drop})
    with pytest.raises(aiohttp.ClientError):
        await known_bot.call("sendMessage", chat_id=1001, text="x")
    assert [message["text"] for message in await control.messages(known_bot)] == texts


async def test_a_delayed_call_is_acted_on_though_the_caller_gave_up(
    known_bot: BotHand, control: ControlHand
) -> None:
    await control.post("faults", {"method": "sendMessage", "delay_ms": 60_000})
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(known_bot.call("sendMessage", chat_id=1001, text="x"), 0.2)
    while len(await control.messages(known_bot)) < 2:
        await asyncio.sleep(0.01)
    assert [message["text"] for message in await control.messages(known_bot)] == ["/start", "x"]


async def test_a_delay_that_is_waited_out_changes_nothing_else(bot: BotHand, control: ControlHand) -> None:
    await control.post("faults", {"delay_ms": 10})
    assert (await bot.ok("getMe"))["is_bot"] is True


async def test_a_fault_can_answer_with_anything(bot: BotHand, control: ControlHand) -> None:
    await control.post("faults", {"body": "<html>", "error_code": 502})
    await control.post("faults", {"body": '{"ok":true,"result":['})
    answers = []
    for _ in range(2):
        async with bot.session.post(f"/bot{bot.token}/getUpdates") as response:
            answers.append((response.status, await response.text()))
    assert answers == [(502, "<html>"), (200, '{"ok":true,"result":[')]


async def test_faults_can_be_listed_and_cleared(bot: BotHand, control: ControlHand) -> None:
    await control.post("faults", {"error_code": 500, "times": 3})
    assert await control.get("faults") == {"faults": [{"error_code": 500, "times": 3}]}
    assert await control.send("DELETE", "faults") == (200, {"cleared": 1})
    assert await bot.ok("getMe")


async def test_faults_count_as_errors(bot: BotHand, control: ControlHand) -> None:
    await control.post("faults", {"error_code": 403})
    assert await bot.refusal("getMe") == (403, "Forbidden")
    assert (await control.get("stats"))["errors"] == {"getMe": {"403": 1}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "a fault needs at least one of `error_code`, `delay_ms`, `drop`, `body`"),
        ({"method": "getMe"}, "a fault needs at least one of `error_code`, `delay_ms`, `drop`, `body`"),
        ({"error_code": 200}, "`error_code` must be a whole number from 400 to 599"),
        ({"error_code": 500, "times": 0}, "`times` must be a whole number from 1 to 1000000000"),
        ({"drop": "during"}, '`drop` must be "before" or "after"'),
        ({"delay_ms": True}, "`delay_ms` must be a whole number from 0 to 600000"),
        (
            {"eror_code": 500},
            (
                "unknown fields: eror_code; known: body, delay_ms, description, drop, error_code, method, "
                "retry_after, times, token"
            ),
        ),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(
    control: ControlHand, body: dict[str, Any], words: str
) -> None:
    assert await control.refused("faults", body) == (400, words)
    assert await control.get("faults") == {"faults": []}


async def test_there_are_not_endlessly_many_faults(
    control: ControlHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.faults._MOST_FAULTS", 1)
    await control.post("faults", {"error_code": 500})
    assert await control.refused("faults", {"error_code": 500}) == (
        400,
        "there are 1 faults already; DELETE /control/faults clears them",
    )
