"""Updates that nobody should send, among good ones: kept, buried with a reason, and no neighbour notices."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.fixtures.telegram import Sandbox, TelegramPerson
from tests.runtime.office import Office, all_settled, calls, eventually, heard, people, talk
from tests.runtime.updates import as_bytes, message, nested, tap, user

HELP = plain(say("help.text", "en"))


pytestmark = pytest.mark.usefixtures("told_at_once")


async def put(person: TelegramPerson, body: bytes) -> None:
    """Deliver exactly these bytes to the bot."""
    sandbox: Sandbox = person.sandbox
    url = f"{sandbox.url}/control/bots/{person.token}/updates?raw=1"
    async with sandbox.http.post(url, data=body) as answer:
        assert answer.status == 200, await answer.text()


def in_chat(person: TelegramPerson, **fields: Any) -> dict[str, Any]:
    return {**message(user_id=person.id), **fields}


async def numbered(person: TelegramPerson, kind: str, body: Any) -> bytes:
    """The update under the number that the sandbox would give it next."""
    queue = await person.sandbox.control("POST", f"bots/{person.token}/updates", {"telepathy": {}})
    return as_bytes({"update_id": queue["update_id"] + 1, kind: body})


BAD = {
    "a date in milliseconds": {"date": 1_790_000_000_000},
    "a date that is a list": {"date": [1]},
    "a text that is a number": {"text": 5},
    "no sender's id": {"from": {"is_bot": False, "first_name": "V"}},
    "a sender's id of 70 bits": {"from": user(2**70)},
    "a chat that is a text": {"chat": "hers"},
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
async def test_a_message_that_cannot_be_read_is_buried_and_the_next_is_answered(
    office: Office, change: dict[str, Any]
) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.send({"message": in_chat(vera, **change)})
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await all_settled(bot)
    assert await heard(bot, "outcome", "attempts") == [("buried", 1), ("done", 1)]
    ((reason, payload), _) = await heard(bot, "reason", "payload")
    assert reason
    assert json.loads(bytes(payload))["message"]["message_id"] > 0
    assert await talk(bot) == [("user", "/help"), ("bot", HELP)]


async def test_good_and_bad_of_one_burst_are_told_apart(office: Office) -> None:
    bot = await office.open(burst_wait=1.5)
    vera = await office.friend(bot)
    await vera.say("one")
    await vera.send({"message": in_chat(vera, date="never")})
    await vera.say("two")
    await vera.hear()
    await all_settled(bot)
    assert [said for role, said in await talk(bot) if role == "user"] == ["one", "two"]
    assert await heard(bot, "outcome") == ["done", "buried", "done"]
    assert len(await vera.said_by_bot()) == 1


async def test_nul_and_lone_surrogates_are_kept_as_bytes_and_left_out_of_words(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    body = json.dumps(in_chat(vera, text="a\x00b\ud800c")).encode()
    await put(vera, await numbered(vera, "message", json.loads(body)))
    await vera.hear()
    await all_settled(bot)
    assert (await talk(bot))[0] == ("user", "abc")
    _, payload = await heard(bot, "payload")
    assert b"\\u0000" in bytes(payload)
    assert b"\\ud800" in bytes(payload)


async def test_a_megabyte_of_text_is_answered_and_its_words_are_cut(office: Office) -> None:
    bot = await office.open()
    vera = await office.client_of(bot)
    await vera.send({"message": in_chat(vera, text="long " * 200_000)})
    await vera.hear()
    await all_settled(bot)
    (said,) = [text for role, text in await talk(bot) if role == "user" and text.startswith("long")]
    assert len(said) == 16_000


async def test_updates_of_every_odd_shape_are_kept_once_and_the_bot_neither_falls_nor_spins(
    office: Office,
) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    odd: list[bytes] = [
        b"null",
        b"[]",
        b'"a text"',
        b"7",
        b"{}",
        b'{"update_id": "seven", "message": {}}',
        b'{"update_id": -5}',
        b'{"update_id": 99999999999999999999999, "message": {"text": "x"}}',
        b'{"update_id": true, "message": {"text": "x"}}',
        nested(300).replace(b'"update_id": 1, ', b""),
        b'{"message": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    ]
    for body in odd:
        await put(vera, body)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await all_settled(bot, updates=len(odd))
    assert await heard(bot, "id", outcome="buried", reason="") == []
    polls, refused = await calls(office, bot, "getUpdates")
    # One for each that cannot be confirmed and was waited for, at most; a spinning poller makes hundreds.
    assert polls <= 3 * len(odd)
    assert refused == 0
    assert await people(bot, "telegram_id") == [vera.id]


async def test_our_own_bots_words_are_not_answered(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.send({"message": in_chat(vera, text="I hear myself", **{"from": user(99, is_bot=True)})})
    await vera.say("/help")
    assert await vera.hear(2) == ["I hear myself", HELP]
    await all_settled(bot)
    assert await talk(bot) == [("user", "/help"), ("bot", HELP)]
    assert await people(bot, "telegram_id") == [vera.id]


@pytest.mark.parametrize(
    "change",
    [{"data": 5}, {"data": None}, {"id": 5}, {"message": "x"}, {"from": {}}, {"data": "open:" + "x" * 500}],
)
async def test_a_broken_tap_harms_nobody(office: Office, change: dict[str, Any]) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.send({"callback_query": {**tap(), "from": user(vera.id), **change}})
    await vera.say("/help")
    await eventually(vera.said_by_bot, until=lambda said: said and said[-1]["text"] == HELP)
    await all_settled(bot)
    assert "" not in await heard(bot, "outcome")


@pytest.mark.parametrize(
    "kind",
    ["message_reaction", "poll_answer", "chat_boost", "pre_checkout_query", "business_message", "telepathy"],
)
async def test_a_kind_that_nobody_asked_for_is_settled_in_silence(office: Office, kind: str) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await put(vera, await numbered(vera, kind, in_chat(vera)))
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await all_settled(bot)
    assert len(await vera.said_by_bot()) == 1


async def test_an_update_that_telegram_repeats_is_answered_once(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="getUpdates", drop="after", times=1)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await all_settled(bot)
    assert await heard(bot, "outcome") == ["done", "done"]
    assert len(await vera.said_by_bot()) == 2


async def test_a_hundred_people_who_send_rubbish_do_not_delay_the_one_who_talks(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    rubbish = [{"message": {**message(user_id=900_000 + number), "date": "never"}} for number in range(100)]
    async with aiohttp.ClientSession() as http:
        url = f"{office.sandbox.url}/control/bots/{bot.token}/updates"
        async with http.post(url, json=rubbish) as answer:
            assert answer.status == 200
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await all_settled(bot, updates=101)
    assert len(await heard(bot, "id", outcome="buried")) == 100
    assert len(await heard(bot, "id", attempts__gt=1)) == 0
