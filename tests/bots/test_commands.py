from __future__ import annotations

import io
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django import Settings

from bots.models import Bot
from tests.cast import make_bot, make_token

pytestmark = pytest.mark.usefixtures("as_staff")


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue().strip()


@pytest.fixture
def nobody_owns_it(owner_database: psycopg.Connection[Any]) -> None:
    owner_database.execute("UPDATE auth_user SET is_superuser = false")


@pytest.fixture
def first_account(monkeypatch: pytest.MonkeyPatch) -> str:
    username = f"owner-{make_token()[:10]}"
    monkeypatch.setenv("RELOVE_STAFF_USER", username)
    monkeypatch.setenv("RELOVE_STAFF_PASSWORD", "correct horse battery")
    return username


@pytest.mark.usefixtures("nobody_owns_it")
def test_the_first_account_is_made_once(first_account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("ensure_staff") == f"made the account {first_account}"
    monkeypatch.setenv("RELOVE_STAFF_USER", "somebody-else")
    assert run("ensure_staff") == "there is a superuser already"

    user = User.objects.get(username=first_account)
    assert (user.is_superuser, user.is_staff) == (True, True)
    assert user.check_password("correct horse battery")
    assert not User.objects.filter(username="somebody-else").exists()


@pytest.mark.usefixtures("nobody_owns_it")
def test_the_first_account_needs_a_password(first_account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELOVE_STAFF_PASSWORD")
    with pytest.raises(CommandError, match="RELOVE_STAFF_PASSWORD"):
        run("ensure_staff")
    assert not User.objects.filter(username=first_account).exists()


@pytest.mark.usefixtures("nobody_owns_it")
def test_an_ordinary_account_is_not_made_an_owner(first_account: str) -> None:
    User.objects.create(username=first_account)
    with pytest.raises(CommandError, match="no active superuser"):
        run("ensure_staff")
    assert not User.objects.get(username=first_account).is_superuser


def test_a_bot_is_registered_by_the_token_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    token = make_token()
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)

    said = run(
        "register_bot", "Vera", "--slug", f"vera-{token[:10]}", "--language", "en", "--wanted", "stopped"
    )

    bot = Bot.objects.get(slug=f"vera-{token[:10]}")
    assert said == f"registered {bot.slug} ({bot.token_hint}), wanted: stopped"
    assert token not in said
    assert (bot.token, bot.language, bot.name) == (token, "en", "Vera")


def test_a_bot_is_registered_by_a_token_that_is_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    token = make_token()
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n"))
    run("register_bot", "Piped", "--api-url", "http://127.0.0.1:1")
    assert Bot.objects.get(name="Piped").token == token


def test_without_a_token_or_with_one_that_is_taken_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="no token"):
        run("register_bot", "Nobody")

    taken = make_bot()
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", taken.token)
    with pytest.raises(CommandError, match=taken.slug) as refusal:
        run("register_bot", "Nobody")
    assert taken.token not in str(refusal.value)
    assert not Bot.objects.filter(name="Nobody").exists()


def test_the_demo_bot_needs_a_sandbox(owner_database: psycopg.Connection[Any]) -> None:
    owner_database.execute("UPDATE bots SET slug = id::text WHERE slug = 'natasha'")
    with pytest.raises(CommandError, match="does not answer"):
        run("ensure_demo_bot", "--sandbox-url", "http://127.0.0.1:1")


def test_secrets_cannot_be_rotated_without_the_key_that_sealed_them(settings: Settings) -> None:
    bot = make_bot()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="ENCRYPTION_KEYS"):
        run("rotate_secrets")
    assert Bot.objects.get(id=bot.id).token_sealed == bot.token_sealed


def test_rotating_says_how_many_bots_it_touched() -> None:
    make_bot()
    assert run("rotate_secrets") == f"secrets of {Bot.objects.count()} bots are sealed under the first key"
