from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client
from pytest_django import Settings

from bots.models import Bot
from bots.services.observe_state import observe_state
from bots.services.record_polls import record_polls
from core import views
from core.clock import clock
from tests.cast import make_bot
from tests.fixtures.database import database_role


@pytest.fixture
def only_well_bots(owner_database: psycopg.Connection[Any]) -> None:
    """Bots of other tests are nobody's wish any more."""
    owner_database.execute("UPDATE bots SET wanted_state = 'stopped'")


def seen(bot: Bot, state: str, *, polled_before: float = 0.0, error: str = "") -> None:
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state=state, error=error)
        record_polls(polls={bot.id: (clock.now() - timedelta(seconds=polled_before), None)})


@pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
def test_a_process_that_answers_is_alive_without_asking_anybody(
    client: Client, path: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.get(path)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["/readyz", "/readyz/"])
def test_a_process_with_a_migrated_database_is_ready(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert response.json()["checks"]["database"] == "ok"


def test_looking_again_asks_the_database_one_question(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


def test_missing_migrations_make_it_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, owner_database: psycopg.Connection[Any]
) -> None:
    monkeypatch.setitem(views._seen, "is_migrated", False)
    row = owner_database.execute(
        "DELETE FROM django_migrations WHERE app = 'bots' AND name = "
        "(SELECT max(name) FROM django_migrations WHERE app = 'bots') RETURNING app, name, applied"
    ).fetchone()
    assert row is not None
    try:
        response = client.get("/readyz")
    finally:
        owner_database.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)
    assert response.status_code == 503
    assert "manage.py migrate" in response.json()["checks"]["database"]
    assert client.get("/readyz").status_code == 200


def test_a_database_that_does_not_answer_makes_it_not_ready_and_tells_no_secret(client: Client) -> None:
    address = connections.settings["default"]
    before = address["PORT"]
    connections.close_all()
    address["PORT"] = "1"
    try:
        response = client.get("/readyz")
    finally:
        connections.close_all()
        address["PORT"] = before
    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "checks": {"database": "unreachable", "redis": response.json()["checks"]["redis"]},
    }


def test_redis_is_told_but_not_required(client: Client, settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"] == {"database": "ok", "redis": "unreachable"}


@pytest.mark.usefixtures("only_well_bots")
@pytest.mark.parametrize("path", ["/healthz/bots", "/healthz/bots/"])
def test_bots_that_hear_are_well(client: Client, path: str) -> None:
    bot = make_bot(wanted_state="running")
    seen(bot, "running")

    response = client.get(path)

    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    (mine,) = [each for each in response.json()["bots"] if each["bot"] == bot.slug]
    assert (mine["wanted"], mine["state"], mine["ok"], mine["reason"]) == ("running", "running", True, "")


@pytest.mark.usefixtures("only_well_bots")
@pytest.mark.parametrize("state", ["deaf", "crashed", "conflict", "token_revoked"])
def test_one_wanted_bot_that_is_not_well_is_an_alarm_which_tells_no_secret(
    client: Client, state: str
) -> None:
    bot = make_bot(wanted_state="running")
    seen(bot, state, error="what exactly went wrong")

    response = client.get("/healthz/bots")

    assert response.status_code == 503
    (mine,) = [each for each in response.json()["bots"] if not each["ok"]]
    assert (mine["bot"], mine["reason"]) == (bot.slug, state)
    words = response.content.decode()
    assert "what exactly" not in words
    assert bot.token_hint not in words
    assert bot.name not in words


@pytest.mark.usefixtures("only_well_bots")
def test_a_bot_without_a_poll_for_too_long_is_an_alarm_and_a_stopped_one_is_not(
    client: Client, settings: Settings
) -> None:
    settings.POLL_TIMEOUT = 30
    bot, stopped = make_bot(wanted_state="running"), make_bot(wanted_state="stopped")
    Bot.objects.filter(id=bot.id).update(updated_at=clock.now() - timedelta(days=1))
    seen(bot, "running", polled_before=61)
    seen(stopped, "stopped", polled_before=6100)

    response = client.get("/healthz/bots")

    assert response.status_code == 503
    assert [each["bot"] for each in response.json()["bots"] if not each["ok"]] == [bot.slug]


@pytest.mark.usefixtures("only_well_bots")
def test_the_health_of_all_bots_is_one_question(client: Client, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        make_bot()
    with django_assert_num_queries(1):
        client.get("/healthz/bots")


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
def test_the_figures_of_the_web_process_are_text_for_prometheus(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert "# TYPE relove_updates_total counter" in response.content.decode()


@pytest.mark.parametrize("path", ["/metrics", "/healthz/bots"])
@pytest.mark.parametrize(
    ("header", "is_let_in"),
    [(None, False), ("Bearer wrong", False), ("Bearer ключ", False), ("Bearer s3cret", True)],
)
@pytest.mark.usefixtures("only_well_bots")
def test_figures_can_be_closed_by_a_token(
    client: Client, settings: Settings, path: str, header: str | None, is_let_in: bool
) -> None:
    settings.METRICS_TOKEN = "s3cret"
    response = client.get(path, headers={"authorization": header} if header else {})
    assert response.status_code == (200 if is_let_in else 401)
    assert ("relove_" in response.content.decode() or "bots" in response.content.decode()) is is_let_in


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz/bots", "/metrics"])
def test_monitors_only_look(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitors_are_not_sent_to_https(client: Client, settings: Settings, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path).status_code == 200
