"""Telegram's pace, with the clock standing still."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import Clock
from sandbox import limits
from tests.sandbox.client import BotHand, ControlHand


@pytest.fixture
async def paced_bot(stopped_clock: Clock, known_bot: BotHand, control: ControlHand) -> BotHand:
    """A bot under limits, in a world where no time passes by itself."""
    assert await control.post("limits", {"enabled": True}) == {"enabled": True}
    return known_bot


async def send(bot: BotHand, chat_id: int = 1001) -> tuple[int, int | None]:
    status, body = await bot.call("sendMessage", chat_id=chat_id, text="x")
    return status, body.get("parameters", {}).get("retry_after")


async def test_a_private_chat_takes_a_short_burst_and_then_one_a_second(
    paced_bot: BotHand, stopped_clock: Clock
) -> None:
    assert [await send(paced_bot) for _ in range(6)] == [(200, None)] * 5 + [(429, 1)]
    stopped_clock.advance(timedelta(seconds=1))
    assert [await send(paced_bot) for _ in range(2)] == [(200, None), (429, 1)]
    stopped_clock.advance(timedelta(seconds=60))
    assert [await send(paced_bot) for _ in range(6)] == [(200, None)] * 5 + [(429, 1)]


async def test_the_refusal_says_how_long_to_wait(paced_bot: BotHand) -> None:
    for _ in range(5):
        await send(paced_bot)
    assert await paced_bot.call("sendMessage", chat_id=1001, text="x") == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        },
    )


async def test_a_refused_message_is_not_sent(paced_bot: BotHand, control: ControlHand) -> None:
    for _ in range(9):
        await send(paced_bot)
    assert len(await control.messages(paced_bot)) == 1 + 5


async def test_a_full_chat_does_not_hinder_another(paced_bot: BotHand, control: ControlHand) -> None:
    await control.say(paced_bot, "hello", user_id=1002)
    for _ in range(6):
        await send(paced_bot)
    assert await send(paced_bot, 1002) == (200, None)


async def test_a_bot_sends_thirty_a_second(
    paced_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    for user_id in range(2000, 2031):
        await control.say(paced_bot, "hello", user_id=user_id)
    assert [await send(paced_bot, n) for n in range(2000, 2031)] == [(200, None)] * 30 + [(429, 1)]
    stopped_clock.advance(timedelta(seconds=0.1))
    assert [await send(paced_bot, n) for n in range(2000, 2004)] == [(200, None)] * 3 + [(429, 1)]


async def test_a_group_takes_twenty_a_minute(
    paced_bot: BotHand, control: ControlHand, stopped_clock: Clock
) -> None:
    await control.say(paced_bot, "hello", chat_id=-500)
    assert [await send(paced_bot, -500) for _ in range(21)] == [(200, None)] * 20 + [(429, 60)]
    stopped_clock.advance(timedelta(seconds=45))
    assert await send(paced_bot, -500) == (429, 15)
    stopped_clock.advance(timedelta(seconds=15))
    assert await send(paced_bot, -500) == (200, None)


async def test_edits_count_too(paced_bot: BotHand) -> None:
    sent = await paced_bot.ok("sendMessage", chat_id=1001, text="0")
    statuses = [
        (await paced_bot.call("editMessageText", chat_id=1001, message_id=sent["message_id"], text=str(n)))[0]
        for n in range(1, 6)
    ]
    assert statuses == [200] * 4 + [429]


async def test_limits_can_be_switched_off(paced_bot: BotHand, control: ControlHand) -> None:
    await control.post("limits", {"enabled": False})
    assert [await send(paced_bot) for _ in range(40)] == [(200, None)] * 40


def test_a_pace_forgets_chats_that_rest(stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_CHATS", 2)
    pace = limits.Pace()
    for _ in range(5):
        assert pace.admit(1, group=False) == 0
    assert pace.admit(2, group=False) == 0
    stopped_clock.advance(timedelta(seconds=1))
    assert pace.admit(3, group=False) == 0
    assert [pace.admit(1, group=False) for _ in range(2)] == [0, 1]
    stopped_clock.advance(timedelta(seconds=5))
    assert pace.admit(4, group=False) == 0
    assert list(pace._chats) == [4]


async def test_what_is_paid_for_is_counted_apart(paced_bot: BotHand, control: ControlHand) -> None:
    await control.post(f"bots/{paced_bot.token}/people", {"first_id": 2000, "count": 1100})
    paid = [
        (await paced_bot.call("sendMessage", chat_id=chat_id, text="x", allow_paid_broadcast=True))[0]
        for chat_id in range(2000, 3001)
    ]
    assert paid == [200] * 1000 + [429]
    assert await send(paced_bot, 3050) == (200, None)


async def test_a_chat_takes_no_more_of_what_is_paid_for(paced_bot: BotHand) -> None:
    statuses = [
        (await paced_bot.call("sendMessage", chat_id=1001, text="x", allow_paid_broadcast="true"))[0]
        for _ in range(6)
    ]
    assert statuses == [200] * 5 + [429]
