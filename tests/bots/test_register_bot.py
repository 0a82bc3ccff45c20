from __future__ import annotations

from importlib import import_module
from typing import Any

import psycopg
import pytest
from pytest_django import Settings

from bots.errors import BotError
from bots.models import Bot, BotStatus, Persona
from bots.services.ensure_bot import ensure_bot
from bots.services.register_bot import register_bot
from core.encryption import fingerprint
from core.tenancy import in_bot
from events.models import Event
from tests.bots.notifications import heard_by
from tests.cast import make_bot, make_token

pytestmark = pytest.mark.usefixtures("as_staff")


def test_a_new_bot_keeps_its_token_sealed_and_shows_only_a_hint(
    owner_database: psycopg.Connection[Any],
) -> None:
    token = make_token()

    bot = register_bot(name="Han", token=token)

    row = owner_database.execute(
        "SELECT row_to_json(bots)::text, token_fingerprint, token_hint FROM bots WHERE id = %s", [bot.id]
    ).fetchone()
    assert row is not None
    assert token not in row[0]
    assert token.partition(":")[2] not in row[0]
    assert row[1] == fingerprint(token)
    assert row[2] == f"{token.partition(':')[0]}:…{token[-4:]}"
    assert Bot.objects.get(id=bot.id).token == token


def test_what_copying_adds_around_a_token_is_taken_off() -> None:
    token = make_token()
    assert register_bot(name="Han", token=f'  "{token}"\n').token == token


def test_a_new_bot_has_status_persona_event_and_is_told_to_the_runtime(
    owner_database: psycopg.Connection[Any],
) -> None:
    with heard_by(owner_database) as heard:
        bot = register_bot(name="Han", token=make_token(), wanted_state="running")
        assert heard() == [str(bot.id)]

    assert BotStatus.objects.get(bot=bot).state == "stopped"
    assert bot.persona is not None
    assert bot.persona.slug == "natasha"
    with in_bot(bot.id):
        events = list(Event.objects.for_bot(bot.id).values_list("kind", "payload"))
    assert events == [("bot.registered", {"slug": bot.slug, "wanted": "running"})]


def test_a_persona_that_is_given_is_kept() -> None:
    persona = Persona.objects.create(slug=f"han-{make_token()[:10]}", name="Han")
    assert register_bot(name="Han", token=make_token(), persona=persona).persona == persona


def test_what_is_not_said_comes_from_the_installation(settings: Settings) -> None:
    settings.TELEGRAM_API_URL = "http://127.0.0.1:1/telegram"
    settings.OPENAI_API_KEY = ""
    assert register_bot(name="A", token=make_token()).model_provider == "demo"
    assert register_bot(name="A", token=make_token(), model_key="sk-own").model_provider == "openai"

    settings.OPENAI_API_KEY = "sk-of-the-installation"
    bot = register_bot(name="A", token=make_token())
    assert bot.model_provider == "openai"
    assert bot.api_url == "http://127.0.0.1:1/telegram"
    assert bot.wanted_state == "stopped"


def test_a_slug_is_made_of_the_name_and_is_never_given_twice() -> None:
    slugs = [register_bot(name="Жёлтый Съезд", token=make_token()).slug for _ in range(3)]
    assert slugs == ["zheltyy-sezd", "zheltyy-sezd-2", "zheltyy-sezd-3"]


def test_a_name_without_letters_still_gets_a_slug() -> None:
    assert register_bot(name="✨✨", token=make_token()).slug.startswith("bot")


@pytest.mark.parametrize("token", ["", "hello", "123456:", ":AAbbcc", "12a:AAbbcc", "1:AA bb", "1:ЖЖ"])
def test_what_has_not_the_shape_of_a_token_is_refused(token: str) -> None:
    with pytest.raises(BotError) as refusal:
        register_bot(name="Han the refused", token=token)

    assert refusal.value.code == "bots.token_malformed"
    assert refusal.value.permanent
    assert not Bot.objects.filter(name="Han the refused").exists()


def test_a_token_belongs_to_one_bot_and_the_refusal_names_it() -> None:
    token = make_token()
    first = register_bot(name="Natasha the first", token=token)

    with pytest.raises(BotError) as refusal:
        register_bot(name="Natasha the second", token=token)

    assert refusal.value.code == "bots.token_taken"
    assert "Natasha the first" in refusal.value.message
    assert first.slug in refusal.value.message
    assert token not in str(refusal.value)
    assert not Bot.objects.filter(name="Natasha the second").exists()


def test_a_slug_that_is_taken_is_refused() -> None:
    bot = make_bot()
    with pytest.raises(BotError) as refusal:
        register_bot(name="Another", token=make_token(), slug=bot.slug)
    assert refusal.value.code == "bots.slug_taken"


def test_two_who_register_the_same_token_at_once_get_one_bot_and_one_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = make_token()
    module = import_module("bots.services.register_bot")
    real = module._refuse_taken
    looked = []

    def overtaken(**wish: Any) -> None:
        real(**wish)
        if not looked:
            looked.append(True)
            make_bot(token=token, name="The faster one")

    monkeypatch.setattr(module, "_refuse_taken", overtaken)
    with pytest.raises(BotError) as refusal:
        register_bot(name="The slower one", token=token)

    assert refusal.value.code == "bots.token_taken"
    assert "The faster one" in refusal.value.message


def test_the_bot_of_the_environment_is_registered_once() -> None:
    token = make_token()

    bot_id, made = ensure_bot(token=token, name="From the environment")
    again_id, made_again = ensure_bot(token=f" {token} ", name="Another name")

    assert (made, made_again) == (True, False)
    assert again_id == bot_id
    bot = Bot.objects.get(id=bot_id)
    assert (bot.name, bot.wanted_state) == ("From the environment", "running")


def test_the_bot_of_the_environment_is_found_when_another_process_was_faster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = make_token()
    module = import_module("bots.services.ensure_bot")
    real = module.register_bot
    faster = []

    def overtaken(**wish: Any) -> Bot:
        faster.append(make_bot(token=token))
        made: Bot = real(**wish)
        return made

    monkeypatch.setattr(module, "register_bot", overtaken)
    assert ensure_bot(token=token, name="From the environment") == (faster[0].id, False)


def test_a_malformed_token_of_the_environment_is_refused() -> None:
    with pytest.raises(BotError, match="not a bot token"):
        ensure_bot(token="nonsense", name="x")
