"""The ground of the tests itself."""

from __future__ import annotations

import socket

import aiohttp
import pytest
from django.db import connection

from bots.models import Bot
from core.tenancy import in_bot
from profiles.models import Profile
from tests import cast
from tests.fixtures.environment import DATABASE
from tests.fixtures.network import LeavesThisMachineError
from tests.fixtures.telegram import TelegramPerson


def who_am_i() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), session_user")
        database, user = cursor.fetchone()
    return database, user


def test_tests_run_as_the_runtime_in_a_database_of_their_own():
    assert who_am_i() == (DATABASE, "bot_runtime")


def test_a_test_may_log_in_as_staff(as_staff):
    assert who_am_i() == (DATABASE, "app_staff")


async def test_the_bridge_sees_the_same_database_as_the_same_role():
    assert await cast.on_database(who_am_i) == (DATABASE, "bot_runtime")


async def test_the_bridge_follows_a_change_of_role(as_staff):
    assert await cast.on_database(who_am_i) == (DATABASE, "app_staff")


def test_a_person_of_the_cast_is_kept_in_their_bot(bot: Bot, other_bot: Bot):
    vera = cast.make_profile(bot, first_name="Vera")
    with in_bot(bot.id):
        assert Profile.objects.for_bot(bot.id).get() == vera
    with in_bot(other_bot.id):
        assert Profile.objects.count() == 0


@pytest.mark.parametrize("address", ["192.0.2.1", "example.com", "2001:db8::1"])
def test_no_test_reaches_another_machine(address: str):
    with pytest.raises(LeavesThisMachineError):
        socket.create_connection((address, 443), timeout=1)


async def test_a_person_of_the_sandbox_hears_what_a_bot_says(telegram_person: TelegramPerson):
    await telegram_person.say("hello")
    buttons = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    url = f"{telegram_person.sandbox.url}/bot{telegram_person.token}"
    async with aiohttp.ClientSession() as http:
        await http.post(
            f"{url}/sendMessage",
            json={"chat_id": telegram_person.id, "text": "hello to you", "reply_markup": buttons},
        )
        assert await telegram_person.hear() == ["hello to you"]
        await telegram_person.tap("Yes")
        async with http.post(f"{url}/getUpdates", json={"timeout": 0}) as response:
            updates = (await response.json())["result"]
    assert [next(key for key in each if key != "update_id") for each in updates] == [
        "message",
        "callback_query",
    ]
