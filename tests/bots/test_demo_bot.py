from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import psycopg
import pytest

from bots.errors import BotError
from bots.models import Bot
from bots.services.ensure_demo_bot import Demo, ensure_demo_bot
from bots.services.set_wanted_state import set_wanted_state
from bots.services.update_bot import update_bot
from sandbox import SandboxServer
from tests.cast import make_bot, on_database

pytestmark = pytest.mark.usefixtures("as_staff", "no_demo_bot")


@pytest.fixture
def no_demo_bot(owner_database: psycopg.Connection[Any]) -> None:
    owner_database.execute("UPDATE bots SET slug = id::text WHERE slug = 'natasha'")


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with SandboxServer(limits=False) as server:
        yield server


async def tokens(server: SandboxServer) -> list[str]:
    async with aiohttp.ClientSession() as session, session.get(f"{server.url}/control/bots") as answer:
        return [bot["token"] for bot in await answer.json()]


async def demo() -> Bot:
    bot: Bot = await on_database(Bot.objects.get, slug="natasha")
    return bot


async def ensure(server: SandboxServer) -> Demo:
    done: Demo = await on_database(ensure_demo_bot, sandbox_url=server.url + "/")
    return done


async def test_a_newcomer_gets_a_bot_that_runs_on_the_sandbox(server: SandboxServer) -> None:
    assert await ensure(server) == Demo.MADE

    bot = await demo()
    assert (bot.name, bot.wanted_state, bot.api_url) == ("Наташа", "running", server.url)
    assert (bot.model_provider, bot.config) == ("demo", {"demo": True})
    assert await tokens(server) == [bot.token]


async def test_once_there_it_is_kept_as_people_left_it(server: SandboxServer) -> None:
    await ensure(server)
    bot = await demo()
    await on_database(set_wanted_state, bot_id=bot.id, wanted="stopped")

    assert await ensure(server) == Demo.KEPT

    assert (await demo()).wanted_state == "stopped"
    assert await tokens(server) == [bot.token]


async def test_a_sandbox_that_forgot_it_learns_it_again_under_the_same_token(server: SandboxServer) -> None:
    await ensure(server)
    bot = await demo()

    async with SandboxServer(limits=False) as fresh:
        assert await ensure(fresh) == Demo.MADE_KNOWN_AGAIN
        assert await tokens(fresh) == [bot.token]
        moved = await demo()
        assert (moved.api_url, moved.token) == (fresh.url, bot.token)


async def test_a_demo_bot_that_moved_to_telegram_is_left_alone(server: SandboxServer) -> None:
    await ensure(server)
    bot = await demo()
    await on_database(update_bot, bot_id=bot.id, api_url="https://api.telegram.org")

    assert await ensure(server) == Demo.NOT_OURS

    assert (await demo()).api_url == "https://api.telegram.org"


async def test_a_bot_that_only_has_the_name_is_left_alone(server: SandboxServer) -> None:
    make: Callable[..., Bot] = make_bot
    bot = await on_database(make, slug="natasha")
    assert await ensure(server) == Demo.NOT_OURS
    assert (await demo()).api_url == bot.api_url
    assert await tokens(server) == []


def test_without_a_sandbox_it_says_so_and_makes_nothing() -> None:
    with pytest.raises(BotError, match="does not answer") as refusal:
        ensure_demo_bot(sandbox_url="http://127.0.0.1:1")
    assert refusal.value.code == "bots.no_sandbox"
    assert not Bot.objects.filter(slug="natasha").exists()
