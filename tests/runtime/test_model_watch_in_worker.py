"""A worker notices that a bot's model is away, and that it is back; staff are told of both, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import pytest
from aiohttp import web

from bots.models import Alert, Bot
from core.clock import Clock
from runtime import worker
from runtime.supervisor import bell as bells
from tests.cast import on_database
from tests.fixtures.telegram import TelegramPerson
from tests.runtime.office import Office, eventually
from tests.runtime.runbots import ModelStub, open_model
from tests.runtime.test_bell import ringing
from tests.runtime.test_walk import any_of

MODEL = "gpt-4o-mini"
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture(autouse=True)
async def _looks_often(monkeypatch: pytest.MonkeyPatch, stopped_clock: Clock) -> None:
    """The worker looks without a pause, in a time that only the test moves; nobody waits to be told."""
    monkeypatch.setattr(worker, "FLUSH_SECONDS", 0.05)
    monkeypatch.setattr(bells, "GATHER_SECONDS", 0.05)
    monkeypatch.setattr(bells, "LOOK_SECONDS", 0.1)
    waiting = Alert.objects.filter(notified_at__isnull=True)
    await on_database(waiting.update, notified_at=stopped_clock.now())


@dataclass
class Weather:
    """Whether the model can be reached."""

    is_away: bool = True


@asynccontextmanager
async def a_model(weather: Weather) -> AsyncIterator[ModelStub]:
    """A model that hangs up while it is away."""

    async def answer(request: web.Request) -> web.Response:
        if weather.is_away:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        message = {"role": "assistant", "content": "And what do you want?"}
        return web.json_response(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": MODEL,
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
            }
        )

    async with open_model(answer) as stub:
        yield stub


async def alerts(bot: Bot) -> list[tuple[str, str, str, int]]:
    def read() -> list[tuple[str, str, str, int]]:
        found = Alert.objects.filter(bot=bot, kind__startswith="model_").order_by("first_at", "id")
        return list(found.values_list("kind", "subject", "detail", "count"))

    rows: list[tuple[str, str, str, int]] = await on_database(read)
    return rows


async def kinds(bot: Bot) -> list[str]:
    return [kind for kind, *_ in await alerts(bot)]


async def away(office: Office, url: str) -> tuple[Bot, TelegramPerson]:
    """A bot whose model has just failed so often that it is left alone, and somebody in a session."""
    bot = await office.open(model_provider="openai", model_name=MODEL, model_base_url=url)
    person = await office.client_of(bot)
    breaker = office.runner_of(bot).breaker
    while breaker.state == "closed":
        breaker.failed()
    return bot, person


async def test_staff_are_told_after_five_minutes_and_again_when_it_is_back(
    office: Office, stopped_clock: Clock
) -> None:
    weather = Weather()
    async with a_model(weather) as model:
        bot = await office.open(model_provider="openai", model_name=MODEL, model_base_url=model.url)
        vera = await office.client_of(bot)
        # Two questions, of which each is asked again: the coach, and whether there is a sign of crisis.
        await vera.say("He never listens.")
        assert (await vera.hear())[0] in any_of("model.unavailable")
        since = stopped_clock.now()
        stopped_clock.advance(FIVE_MINUTES)
        told = await eventually(lambda: alerts(bot))
        assert told == [("model_unreachable", MODEL, f"since {since:%H:%M} UTC", 1)]
        # However long it lasts, nobody is told twice; whoever writes is answered.
        stopped_clock.advance(timedelta(hours=2))
        await vera.say("Are you there?")
        assert (await vera.hear())[0] in any_of("model.unavailable")
        weather.is_away = False
        stopped_clock.advance(timedelta(minutes=1))
        await vera.say("And now?")
        assert await vera.hear() == ["And what do you want?"]
        await eventually(lambda: kinds(bot), until=lambda found: found[-1] == "model_back")
    assert await alerts(bot) == [
        ("model_unreachable", MODEL, f"since {since:%H:%M} UTC", 1),
        ("model_back", MODEL, "after 126 min", 1),
    ]


async def test_admins_read_of_both_in_their_own_chat(office: Office, stopped_clock: Clock) -> None:
    weather = Weather()
    async with a_model(weather) as model, ringing():
        bot, vera = await away(office, model.url)
        admin = await office.friend(bot)
        await admin.say("/help")
        await admin.hear()
        bot.admin_telegram_ids = [admin.id]
        await on_database(bot.save)
        stopped_clock.advance(FIVE_MINUTES)
        (told,) = await admin.hear()
        assert bot.name in told
        assert MODEL in told
        weather.is_away = False
        stopped_clock.advance(timedelta(minutes=1))
        await vera.say("And now?")
        await vera.hear()
        (told,) = await admin.hear()
        assert "after 6 min" in told


async def test_a_model_that_is_back_before_five_minutes_is_never_mentioned(
    office: Office, stopped_clock: Clock
) -> None:
    weather = Weather()
    async with a_model(weather) as model:
        bot, vera = await away(office, model.url)
        stopped_clock.advance(FIVE_MINUTES - timedelta(seconds=1))
        weather.is_away = False
        await vera.say("And now?")
        assert await vera.hear() == ["And what do you want?"]
        assert office.runner_of(bot).breaker.state == "closed"
        stopped_clock.advance(FIVE_MINUTES)
        # A bot whose model went away later is told of: the worker has looked at both since.
        weather.is_away = True
        other, _ = await away(office, model.url)
        stopped_clock.advance(FIVE_MINUTES)
        await eventually(lambda: kinds(other))
    assert await kinds(bot) == []


async def test_another_bot_of_the_same_worker_is_none_the_worse(office: Office, stopped_clock: Clock) -> None:
    async with a_model(Weather()) as model:
        bot, _ = await away(office, model.url)
        other = await office.open()
        boris = await office.client_of(other)
        stopped_clock.advance(FIVE_MINUTES)
        await eventually(lambda: kinds(bot), until=lambda found: found == ["model_unreachable"])
        await boris.say("He never listens.")
        assert (await boris.hear())[0] not in any_of("model.unavailable")
    assert await kinds(other) == []


async def test_a_model_that_staff_have_replaced_is_no_model_that_came_back(
    office: Office, stopped_clock: Clock
) -> None:
    async with a_model(Weather()) as gone, a_model(Weather(is_away=False)) as there:
        bot, vera = await away(office, gone.url)
        stopped_clock.advance(FIVE_MINUTES)
        await eventually(lambda: kinds(bot), until=lambda found: found == ["model_unreachable"])
        await on_database(Bot.objects.filter(id=bot.id).update, model_base_url=there.url)
        breaker = office.runner_of(bot).breaker
        office.serve(bot, revision="2")

        async def is_new() -> bool:
            return office.runner_of(bot).breaker is not breaker

        await eventually(is_new)
        await vera.say("And now?")
        assert await vera.hear() == ["And what do you want?"]
        stopped_clock.advance(FIVE_MINUTES)
    assert await kinds(bot) == ["model_unreachable"]


async def test_what_a_database_that_was_away_did_not_take_is_told_later(
    office: Office, stopped_clock: Clock, owner_database: psycopg.Connection[tuple[object, ...]]
) -> None:
    async with a_model(Weather()) as model:
        bot, _ = await away(office, model.url)

        async def has_tried() -> bool:
            return bot.id in office.worker._model_watch._bots

        name = f"refuse_{bot.id.hex}"
        owner_database.execute(
            f"ALTER TABLE alerts ADD CONSTRAINT {name} CHECK (bot_id <> '{bot.id}') NOT VALID"
        )
        try:
            stopped_clock.advance(FIVE_MINUTES)
            await eventually(has_tried)
            assert await kinds(bot) == []
        finally:
            owner_database.execute(f"ALTER TABLE alerts DROP CONSTRAINT {name}")
        await eventually(lambda: kinds(bot), until=lambda found: found == ["model_unreachable"])
