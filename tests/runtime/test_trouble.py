"""What goes wrong between the bot and Telegram, and what people notice of it: as little as can be."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from bots.services.replace_token import replace_token
from events.models import Event
from sandbox.server import SandboxServer
from sessions_app.rendering import plain
from sessions_app.speech import say
from tests.cast import make_token, on_database
from tests.fixtures.telegram import Sandbox, TelegramPerson
from tests.runtime.office import (
    Office,
    all_settled,
    calls,
    events,
    eventually,
    people,
    posted,
    rows,
    state_of,
    status_of,
)

HELP = plain(say("help.text", "en"))
PRIVACY = plain(say("privacy.text", "en"))
BLOCKED = "Forbidden: bot was blocked by the user"


async def states(bot: Any) -> list[str]:
    """Every state that the bot went through, in order."""
    payloads = await rows(bot, Event, "payload", order="created_at", kind="bot.state_changed")
    return [payload["to"] for payload in payloads]


async def went_through(bot: Any, *wanted: str) -> None:
    """Wait until the bot has gone through exactly these states."""
    await eventually(lambda: states(bot), until=lambda seen: len(seen) >= len(wanted))
    assert await states(bot) == list(wanted)


# Tokens.


async def test_a_wrong_token_is_told_in_clear_words_and_not_tried_again(office: Office) -> None:
    bot = await office.engage(token=make_token())
    status = await state_of(bot, "token_revoked")
    assert status.error == "Telegram does not accept this token. Paste a new one from @BotFather."
    asked = (await office.sandbox.stats())["errors"]
    office.serve(bot, revision="looked at again")
    office.worker._mail_came("")
    await asyncio.sleep(1.0)
    assert (await office.sandbox.stats())["errors"] == asked
    assert sum(asked.get("getUpdates", {}).values()) <= 2
    assert sum(asked.get("getMe", {}).values()) <= 1
    assert (await status_of(bot)).lease_holder == ""


async def test_a_token_that_is_revoked_while_polling_is_noticed_at_once(office: Office) -> None:
    bot, other = await office.open(), await office.open()
    await office.sandbox.control("DELETE", f"bots/{bot.token}")
    await went_through(bot, "starting", "running", "token_revoked")
    # The neighbour in the same process never noticed.
    vera = await office.friend(other)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    assert await states(other) == ["starting", "running"]


async def test_a_new_token_is_taken_up_and_what_waited_is_answered(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=401)
    await vera.say("/help")
    await state_of(bot, "token_revoked")
    assert await posted(bot, "state", "attempts") == [("pending", 1)]
    renewed = (await office.sandbox.control("POST", f"bots/{bot.token}/renew"))["token"]
    await on_database(replace_token, bot_id=bot.id, token=renewed)
    office.serve(bot, generation=2)
    await state_of(bot, "running")
    again = TelegramPerson(office.sandbox, renewed, vera.id, vera.fields)
    assert await again.hear() == [HELP]
    assert (await status_of(bot)).generation == 2


# Receiving.


async def test_somebody_else_who_polls_is_shown_as_a_conflict_until_they_stop(office: Office) -> None:
    bot = await office.engage()
    await office.sandbox.fail(token=bot.token, method="getUpdates", error_code=409)
    await went_through(bot, "starting", "conflict", "running")
    _, refused = await calls(office, bot, "getUpdates")
    assert refused == 1


async def test_a_webhook_that_was_left_behind_is_removed(office: Office) -> None:
    token = await office.sandbox.new_bot()
    url = f"{office.sandbox.url}/bot{token}/setWebhook"
    async with office.sandbox.http.post(url, data={"url": "https://example.org/hook"}) as answer:
        assert answer.status == 200
    bot = await office.open(token=token)
    assert await states(bot) == ["starting", "running"]


@pytest.mark.parametrize(
    "fault",
    [
        {"error_code": 502},
        {"drop": "before"},
        {"drop": "after"},
        {"body": "<html>captive portal</html>"},
        {"body": '{"ok": true, "result": "?"}'},
        {"error_code": 429, "retry_after": 1},
    ],
)
async def test_a_poll_that_fails_is_shown_and_repeated(office: Office, fault: dict[str, Any]) -> None:
    bot = await office.engage()
    await office.sandbox.fail(token=bot.token, method="getUpdates", **fault)
    await went_through(bot, "starting", "backing_off", "running")
    vera = await office.friend(bot)
    await vera.say("/help")
    assert await vera.hear() == [HELP]


async def test_a_server_that_is_away_is_waited_for(sandbox: Sandbox, office: Office) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = await sandbox.new_bot()
    bot = await office.engage(token=token, api_url=f"http://127.0.0.1:{port}")
    status = await state_of(bot, "backing_off")
    assert token.partition(":")[2] not in status.error
    async with SandboxServer(port=port, limits=False) as server:
        elsewhere = Sandbox(server.url, sandbox.http)
        await elsewhere.control("POST", "bots", {"name": "Natasha", "token": token})
        await state_of(bot, "running")
        vera = elsewhere.person(token, language_code="en")
        await vera.say("/help")
        assert await vera.hear() == [HELP]
        office.dismiss(bot)
        await state_of(bot, "stopped")


async def test_a_bot_that_looks_alive_and_is_deaf_is_noticed_and_heals(office: Office, settings: Any) -> None:
    settings.POLL_TIMEOUT = 1
    bot = await office.open()
    await office.sandbox.fail(token=bot.token, method="getUpdates", delay_ms=600_000, times=2)
    await state_of(bot, "deaf")
    await state_of(bot, "running")
    vera = await office.friend(bot)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    assert (await states(bot))[:3] == ["starting", "running", "deaf"]


# Sending.


async def test_a_flood_limit_silences_one_chat_for_as_long_as_telegram_says(office: Office) -> None:
    bot = await office.open()
    vera, boris = await office.friend(bot), await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=429, retry_after=1)
    await vera.say("/help")
    await eventually(lambda: posted(bot, "error", chat_id=vera.id), until=lambda found: found and found[0])
    await boris.say("/privacy")
    assert await boris.hear() == [PRIVACY]
    assert await vera.hear() == [HELP]
    await all_settled(bot)
    assert await calls(office, bot, "sendMessage") == (2, 1)
    assert await posted(bot, "state", "attempts", chat_id=vera.id) == [("sent", 2)]


async def test_what_was_said_meanwhile_keeps_its_place_behind_a_flood_limit(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=429, retry_after=1)
    await vera.say("/help")
    await vera.say("/privacy")
    assert await vera.hear(2) == [HELP, PRIVACY]


@pytest.mark.parametrize("fault", [{"error_code": 500}, {"error_code": 409}])
async def test_an_answer_that_telegram_could_not_take_goes_out_again(
    office: Office, fault: dict[str, Any]
) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", **fault)
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await all_settled(bot)
    assert await posted(bot, "state", "attempts", "resends") == [("sent", 2, 0)]


async def test_an_answer_that_was_lost_on_its_way_is_sent_once(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", drop="before")
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    await all_settled(bot)
    assert len(await vera.said_by_bot()) == 1


async def test_an_answer_of_which_nobody_knows_whether_it_arrived_is_sent_again_once(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", drop="after")
    await vera.say("/help")
    assert await vera.hear(2) == [HELP, HELP]
    await all_settled(bot)
    assert await posted(bot, "state", "attempts", "resends") == [("sent", 2, 1)]


async def test_an_answer_that_stays_uncertain_is_given_up_as_unknown(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", drop="after", times=2)
    await vera.say("/help")
    await all_settled(bot, updates=1)
    assert await posted(bot, "state", "attempts", "resends") == [("unknown", 2, 1)]
    await vera.say("/privacy")
    assert (await vera.hear(3))[2] == PRIVACY


async def test_markup_that_telegram_refuses_is_sent_as_plain_text(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(
        token=bot.token,
        method="sendMessage",
        error_code=400,
        description='Bad Request: can\'t parse entities: Unsupported start tag "vera" at byte offset 3',
    )
    await vera.say("/help")
    assert await vera.hear() == [HELP]
    (said,) = await vera.said_by_bot()
    assert not [each for each in said.get("entities", ()) if each["type"] in {"bold", "italic"}]
    await all_settled(bot)
    ((params, error),) = await posted(bot, "params", "error")
    assert ("parse_mode" in params, params["text"], error) == (False, HELP, "")


async def test_a_request_that_telegram_will_never_take_fails_and_the_chat_goes_on(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=400)
    await vera.say("/help")
    await all_settled(bot, updates=1)
    assert await posted(bot, "state", "attempts", "error") == [("failed", 1, "bad_request: Bad Request")]
    await vera.say("/privacy")
    assert await vera.hear() == [PRIVACY]


# People who block the bot.


async def test_who_blocks_the_bot_is_inactive_until_they_come_back(office: Office) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await vera.block()
    await eventually(lambda: people(bot, "is_active"), until=lambda found: found == [False])
    await vera.unblock()
    await eventually(lambda: people(bot, "is_active"), until=lambda found: found == [True])
    assert await events(bot) == ["profile.blocked", "profile.unblocked"]
    await all_settled(bot)
    assert await posted(bot, "id") == []


async def test_an_answer_to_somebody_who_has_blocked_the_bot_shows_that_they_are_gone(
    office: Office,
) -> None:
    bot = await office.open()
    vera = await office.friend(bot)
    await office.sandbox.fail(token=bot.token, method="sendMessage", error_code=403, description=BLOCKED)
    await vera.say("/help")
    await all_settled(bot, updates=1)
    assert await posted(bot, "state", "error") == [("failed", f"blocked: {BLOCKED}")]
    assert await people(bot, "is_active") == [False]
    assert await events(bot) == ["profile.blocked"]


async def test_a_stranger_who_blocks_the_bot_leaves_no_trace(office: Office) -> None:
    bot = await office.open()
    vera = await office.stranger(bot)
    await vera.block()
    await eventually(lambda: calls(office, bot, "getUpdates"), until=lambda counted: counted[0] > 2)
    await all_settled(bot)
    assert (await people(bot, "id"), await events(bot)) == ([], [])
