from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from bots.errors import BotError
from bots.models import Bot, BotStatus
from bots.selectors.bot_health import bot_health
from bots.selectors.bot_overviews import bot_overviews
from bots.selectors.get_bot_settings import get_bot_settings
from bots.selectors.list_wanted_bots import list_wanted_bots
from bots.services.acquire_lease import acquire_lease
from bots.services.observe_state import observe_state
from bots.services.record_polls import record_polls
from bots.services.set_wanted_state import set_wanted_state
from core.clock import Clock
from core.encryption import encrypt
from core.tenancy import in_bot
from tests.cast import make_bot


def test_settings_hold_all_that_a_bot_needs_and_print_no_secret(settings: Settings) -> None:
    settings.OPENAI_API_KEY = "sk-of-the-installation"
    settings.OPENAI_BASE_URL = "http://127.0.0.1:1/v1"
    settings.OPENAI_MODEL = "gpt-of-the-installation"
    bot = make_bot(admin_telegram_ids=[5, 6], owner_telegram_id=4, config={"a": 1}, model_provider="openai")
    care = {
        "timezone": "Asia/Almaty",
        "proactive_a_day": 1,
        "proactive_from": 8,
        "proactive_until": 20,
        "daily_budget_usd": 5.5,
        "rotation_budget_usd": 0.5,
        "platform_url": "https://platform.example/",
    }
    Bot.objects.filter(id=bot.id).update(**care, proactive_off=["stage"])

    found = get_bot_settings(bot.id)

    assert (found.id, found.slug, found.name, found.token) == (bot.id, bot.slug, bot.name, bot.token)
    assert (found.admin_telegram_ids, found.owner_telegram_id, found.config) == ((5, 6), 4, {"a": 1})
    assert (found.model.key, found.model.base_url, found.model.name) == (
        "sk-of-the-installation",
        "http://127.0.0.1:1/v1",
        "gpt-of-the-installation",
    )
    assert (found.ref.id, found.ref.slug, found.ref.name) == (bot.id, bot.slug, bot.name)
    assert {name: getattr(found, name) for name in care} == care
    assert found.proactive_off == {"stage"}
    assert bot.token not in repr(found)
    assert "sk-of-the-installation" not in repr(found)


def test_a_bots_own_model_settings_come_first(settings: Settings) -> None:
    settings.OPENAI_API_KEY = "sk-of-the-installation"
    bot = make_bot(
        model_key_sealed=encrypt("sk-own"), model_base_url="http://127.0.0.1:2/v1", model_name="own-model"
    )
    model = get_bot_settings(bot.id).model
    assert (model.key, model.base_url, model.name) == ("sk-own", "http://127.0.0.1:2/v1", "own-model")


def test_the_installations_key_is_never_sent_to_an_address_of_the_bots_own(settings: Settings) -> None:
    settings.OPENAI_API_KEY = "sk-of-the-installation"
    assert get_bot_settings(make_bot(model_base_url="http://127.0.0.1:2/v1").id).model.key == ""


def test_settings_of_a_bot_that_is_gone_are_refused() -> None:
    with pytest.raises(BotError) as refusal:
        get_bot_settings(uuid4())
    assert refusal.value.code == "bots.unknown"


def test_the_wanted_bots_are_all_bots_or_those_that_are_named(django_assert_num_queries: Any) -> None:
    running, stopped = make_bot(wanted_state="running", has_own_process=True), make_bot()
    with django_assert_num_queries(1):
        named = list_wanted_bots([running.slug, stopped.slug, "nobody"])
    assert named == [
        (running.id, running.slug, "running", 1, True, running.updated_at),
        (stopped.id, stopped.slug, "stopped", 1, False, stopped.updated_at),
    ]
    everybody = {bot.id for bot in list_wanted_bots()}
    assert {running.id, stopped.id} <= everybody
    assert list_wanted_bots([]) == []


def test_an_overview_shows_what_is_wanted_and_what_was_seen(
    stopped_clock: Clock, django_assert_num_queries: Any
) -> None:
    bot, other = make_bot(wanted_state="running", slug=f"a-{uuid4()}"), make_bot(slug=f"b-{uuid4()}")
    acquire_lease(bot_id=bot.id, holder="host:1:a", seconds=600)
    observe_state(bot_id=bot.id, state="running", restarts_delta=2)
    now = stopped_clock.now()
    record_polls(polls={bot.id: (now, None)})

    with django_assert_num_queries(1):
        first, second = bot_overviews([bot.slug, other.slug], backlog={bot.id: 3})

    assert (first.slug, first.wanted, first.state, first.restarts) == (bot.slug, "running", "running", 2)
    assert (first.state_since, first.last_poll_at, first.last_update_at) == (now, now, None)
    assert (first.lease_holder, first.backlog, first.username) == ("host:1:a", 3, bot.username)
    assert (second.slug, second.state, second.backlog) == (other.slug, "stopped", 0)
    assert [line.backlog for line in bot_overviews([bot.slug])] == [None]


@pytest.mark.parametrize(
    ("wanted", "state", "polled_before", "reason"),
    [
        ("running", "running", 59, ""),
        ("running", "running", 60, ""),
        ("running", "running", 61, "no successful poll"),
        ("running", "starting", 5, ""),
        ("running", "starting", 300, "no successful poll"),
        ("running", "stopped", 300, "no successful poll"),
        ("running", "deaf", 5, "deaf"),
        ("running", "crashed", 5, "crashed"),
        ("running", "conflict", 5, "conflict"),
        ("running", "token_revoked", 5, "token_revoked"),
        ("paused", "paused", 300, ""),
        ("stopped", "stopped", 300, ""),
        ("stopped", "crashed", 300, ""),
    ],
)
def test_a_bot_is_well_while_it_hears_what_it_should(
    stopped_clock: Clock, wanted: str, state: str, polled_before: int, reason: str
) -> None:
    bot = make_bot(wanted_state=wanted)
    now = stopped_clock.now()
    Bot.objects.filter(id=bot.id).update(updated_at=now - timedelta(days=1))
    with in_bot(bot.id):
        BotStatus.objects.filter(bot=bot).update(
            state=state, state_since=now, last_poll_at=now - timedelta(seconds=polled_before)
        )

    (health,) = [each for each in bot_health(poll_timeout=30) if each.slug == bot.slug]

    assert health.reason == reason
    assert health.is_well is (reason == "")


def test_a_bot_that_was_just_wanted_gets_time_to_start(stopped_clock: Clock) -> None:
    bot = make_bot(wanted_state="stopped")
    set_wanted_state(bot_id=bot.id, wanted="running")

    def is_well() -> bool:
        return next(each.is_well for each in bot_health(poll_timeout=30) if each.slug == bot.slug)

    assert is_well()
    stopped_clock.advance(timedelta(seconds=61))
    assert not is_well()
