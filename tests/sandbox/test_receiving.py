"""getUpdates and the webhook: confirmation, long polls, conflicts, lives of updates."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from core.clock import Clock
from sandbox import SandboxServer, update_queue
from tests.sandbox.client import BotHand, ControlHand

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def ids_of_three(bot: BotHand, control: ControlHand) -> list[int]:
    return [(await control.say(bot, f"message {number}"))["update_id"] for number in range(3)]


async def until_polled(server: SandboxServer, bot: BotHand) -> None:
    while not server.cloud.known(bot.token).queue.polled:
        await asyncio.sleep(0.005)


async def test_updates_come_again_until_an_offset_confirms_them(bot: BotHand, control: ControlHand) -> None:
    first, second, third = await ids_of_three(bot, control)
    assert (second, third) == (first + 1, first + 2)
    assert [update["update_id"] for update in await bot.updates()] == [first, second, third]
    assert [update["update_id"] for update in await bot.updates(offset=second)] == [second, third]
    assert [update["update_id"] for update in await bot.updates()] == [second, third]
    assert await bot.updates(offset=third + 1) == []
    assert await bot.updates() == []


async def test_a_negative_offset_forgets_all_but_the_last(bot: BotHand, control: ControlHand) -> None:
    _, second, third = await ids_of_three(bot, control)
    assert [update["update_id"] for update in await bot.updates(offset=-2)] == [second, third]
    assert [update["update_id"] for update in await bot.updates()] == [second, third]
    assert [update["update_id"] for update in await bot.updates(offset=-9)] == [second, third]


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (2, 2), (0, 1), (1000, 3), ("x", 3)])
async def test_the_limit_is_brought_between_1_and_100(
    bot: BotHand, control: ControlHand, limit: object, count: int
) -> None:
    await ids_of_three(bot, control)
    assert len(await bot.updates(limit=limit)) == count


async def test_an_offset_of_another_life_confirms_nothing(bot: BotHand, control: ControlHand) -> None:
    ids = await ids_of_three(bot, control)
    assert [update["update_id"] for update in await bot.updates(offset=ids[-1] + 1000)] == ids


async def test_a_long_poll_ends_with_the_update_that_it_waited_for(
    server: SandboxServer, bot: BotHand, control: ControlHand
) -> None:
    poll = asyncio.create_task(bot.updates(timeout=50))
    await until_polled(server, bot)
    said = await control.say(bot, "hello")
    assert [update["update_id"] for update in await poll] == [said["update_id"]]


async def test_a_long_poll_ends_empty_after_its_timeout(bot: BotHand) -> None:
    assert await bot.updates(timeout=1) == []


async def test_a_poller_that_goes_away_stops_being_one(server: SandboxServer, bot: BotHand) -> None:
    poll = asyncio.create_task(bot.updates(timeout=50))
    await until_polled(server, bot)
    poll.cancel()
    account = server.cloud.known(bot.token)
    while account.queue.polled:
        await asyncio.sleep(0.005)
    assert account.queue.polled is False


async def test_a_second_poller_ends_the_older_request_with_409(server: SandboxServer, bot: BotHand) -> None:
    older = asyncio.create_task(bot.refusal("getUpdates", timeout=50))
    await until_polled(server, bot)
    assert await bot.updates(timeout=0) == []
    assert await older == (409, CONFLICT)


async def test_a_webhook_ends_the_poll_and_forbids_the_next(server: SandboxServer, bot: BotHand) -> None:
    poll = asyncio.create_task(bot.refusal("getUpdates", timeout=50))
    await until_polled(server, bot)
    assert await bot.ok("setWebhook", url="https://example.com/hook", secret_token="s", max_connections=7)
    assert await poll == (409, "Conflict: terminated by setWebhook request")
    active = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
    assert await bot.refusal("getUpdates") == (409, active + "webhook first")
    assert await bot.ok("getWebhookInfo") == {
        "url": "https://example.com/hook",
        "has_custom_certificate": False,
        "pending_update_count": 0,
        "max_connections": 7,
        "ip_address": "127.0.0.1",
    }
    assert await bot.ok("deleteWebhook") is True
    assert await bot.updates() == []


async def test_deleting_the_webhook_drops_what_waits_only_when_told(
    bot: BotHand, control: ControlHand
) -> None:
    await ids_of_three(bot, control)
    await bot.ok("deleteWebhook")
    assert (await bot.ok("getWebhookInfo"))["pending_update_count"] == 3
    await bot.ok("setWebhook", url="", drop_pending_updates=True)
    assert (await bot.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_setting_a_webhook_can_drop_what_waits(bot: BotHand, control: ControlHand) -> None:
    await ids_of_three(bot, control)
    await bot.ok("setWebhook", url="https://example.com:8443/x", drop_pending_updates="true")
    assert (await bot.ok("getWebhookInfo"))["pending_update_count"] == 0


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "http://example.com"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://example.com:8000/x"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://example.com", "secret_token": "ä"}, "secret token contains unallowed characters"),
    ],
)
async def test_bad_webhooks_are_refused(bot: BotHand, params: dict[str, str], reason: str) -> None:
    assert await bot.refusal("setWebhook", **params) == (400, f"Bad Request: {reason}")
    assert (await bot.ok("getWebhookInfo"))["url"] == ""


async def test_a_revoked_token_ends_the_poll_with_401(
    server: SandboxServer, bot: BotHand, control: ControlHand
) -> None:
    poll = asyncio.create_task(bot.refusal("getUpdates", timeout=50))
    await until_polled(server, bot)
    status, body = await control.send("DELETE", f"bots/{bot.token}")
    assert (status, body["state"]) == (200, "revoked")
    assert await poll == (401, "Unauthorized")
    assert await bot.refusal("getMe") == (401, "Unauthorized")


async def test_a_stopping_sandbox_lets_a_poll_end_as_if_nothing_came() -> None:
    async with SandboxServer() as server:
        account = server.cloud.register(name="Natasha")
        poll = asyncio.create_task(account.queue.poll(offset=0, limit=100, timeout=50))
        await asyncio.sleep(0)
    assert await poll == []
    assert await account.queue.poll(offset=0, limit=100, timeout=50) == []


async def test_a_message_lives_24_hours_and_a_tap_150_seconds(
    known_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    question = await known_bot.ok("sendMessage", chat_id=1001, text="?")
    said = await control.say(known_bot, "hello")
    tap = {"user_id": 1001, "message_id": question["message_id"], "data": "yes"}
    tapped = await control.post(f"bots/{known_bot.token}/tap", tap)
    assert [u["update_id"] for u in await known_bot.updates()] == [said["update_id"], tapped["update_id"]]
    stopped_clock.advance(timedelta(seconds=150))
    assert [u["update_id"] for u in await known_bot.updates()] == [said["update_id"]]
    stopped_clock.advance(timedelta(hours=24))
    assert await known_bot.updates() == []


async def test_by_default_members_and_reactions_are_left_out(bot: BotHand, control: ControlHand) -> None:
    kinds = ["chat_member", "message_reaction", "message_reaction_count", "poll", "some_future_kind"]
    answer = await control.post(f"bots/{bot.token}/updates", [{kind: {}} for kind in kinds])
    assert [number is not None for number in answer["update_ids"]] == [False, False, False, True, True]
    assert [sorted(update)[0] for update in await bot.updates()] == ["poll", "some_future_kind"]


async def test_allowed_updates_are_remembered_until_said_otherwise(
    bot: BotHand, control: ControlHand
) -> None:
    await bot.updates(allowed_updates=["chat_member"])
    await bot.updates()
    assert (await bot.ok("getWebhookInfo"))["allowed_updates"] == ["chat_member"]
    assert (await control.say(bot, "unheard"))["update_id"] is None
    answer = await control.post(f"bots/{bot.token}/updates", {"chat_member": {}})
    assert [update["update_id"] for update in await bot.updates()] == [answer["update_id"]]
    await bot.updates(allowed_updates=json.dumps([]))
    assert "allowed_updates" not in await bot.ok("getWebhookInfo")
    assert (await control.say(bot, "heard"))["update_id"] is not None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("{", "can't parse allowed updates JSON object"),
        ("5", "expected an Array of String as allowed updates"),
    ],
)
async def test_broken_allowed_updates_are_refused(bot: BotHand, value: str, reason: str) -> None:
    assert await bot.refusal("getUpdates", allowed_updates=value) == (400, f"Bad Request: {reason}")


async def test_beyond_the_bound_the_oldest_updates_fall_out(
    bot: BotHand, control: ControlHand, server: SandboxServer
) -> None:
    await control.post(f"bots/{bot.token}/updates", [{"poll": {}}] * (update_queue.MOST_UPDATES + 5))
    queue = server.cloud.known(bot.token).queue
    assert len(queue) == update_queue.MOST_UPDATES
    assert (await bot.updates(limit=1))[0]["update_id"] == queue.next_id - update_queue.MOST_UPDATES
