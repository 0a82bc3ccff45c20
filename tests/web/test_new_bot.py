"""The way to a new bot: its token asked about, who it is to be, and that it runs."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from bots.models import Bot, BotPicture, Persona
from bots.roles import Role
from bots.services.observe_state import observe_state
from core.clock import Clock
from tests.cast import make_bot, make_token
from tests.fixtures.database import database_role
from tests.sandbox.pictures import picture
from tests.web.people import browser, make_coach, make_user
from tests.web.town import Town

START, CHECK, ADD = "/admin/new-bot/", "/admin/new-bot/check/", "/admin/bots/bot/add/"
HOSTILE = """<script>alert(1)</script>'"&"""


def words(response: Any) -> str:
    return str(response.content.decode())


def refusal(response: Any) -> str:
    assert response.status_code == 200
    return str(response.context["refusal"].code)


def check(client: Client, town: Town, token: str) -> Any:
    return client.post(CHECK, {"token": token, "server": "other", "address": town.url})


def drafted(client: Client, town: Town, token: str) -> str:
    response = check(client, town, token)
    assert response.status_code == 302, words(response)
    return str(response["Location"])


def chosen(**fields: str) -> dict[str, str]:
    return {"name": "Vera", "persona": "", "language": "en", **fields}


def bot_of(response: Any) -> Bot:
    assert response.status_code == 302
    return Bot.objects.get(id=response["Location"].split("/")[-3])


def test_a_bot_is_pasted_chosen_started_and_talked_to(owner: Client, town: Town) -> None:
    token = town.new_bot("Вера", f"vera_{uuid4().hex[:8]}_bot")
    persona = Persona.objects.create(slug=f"p-{uuid4().hex[:8]}", name="Mild", description="Speaks softly")

    assert owner.get(ADD)["Location"] == START
    assert "Paste the bot" in words(owner.get(START))
    step = drafted(owner, town, token)
    page = words(owner.get(step))
    assert 'value="Вера"' in page
    assert "Privacy mode is on." in page
    assert "Speaks softly" in page
    response = owner.post(step, chosen(name="Evening Vera", persona=str(persona.id), language="ru"))

    bot = bot_of(response)
    assert (bot.name, bot.slug, bot.language, bot.persona) == ("Evening Vera", bot.slug, "ru", persona)
    assert (bot.token, bot.api_url, bot.wanted_state) == (token, town.url, "running")
    assert bot.username.startswith("vera_")
    assert bot.telegram_id == int(token.partition(":")[0])
    assert LogEntry.objects.filter(object_id=str(bot.id), action_flag=1).count() == 1
    ready = words(owner.get(response["Location"]))
    assert f'href="https://t.me/{bot.username}"' in ready
    assert "data-waits" in ready
    assert f'data-live="{bot.id}:state"' in ready
    # Who steps back, or presses twice, is led to the bot that there is; nobody else is.
    again = owner.post(step, chosen(name="Twice"))
    assert owner.get(step)["Location"] == again["Location"] == f"{START}{bot.id}/ready/"
    assert not Bot.objects.filter(name="Twice").exists()
    assert refusal(browser(make_user(superuser=True)).get(step)) == "forgotten"


def test_a_bot_may_be_made_and_left_standing(owner: Client, town: Town) -> None:
    step = drafted(owner, town, town.new_bot())
    response = owner.post(step, chosen(later="1"))
    assert bot_of(response).wanted_state == "stopped"
    ready = words(owner.get(response["Location"]))
    assert "stands still until somebody starts it" in ready
    assert "data-waits" not in ready


def test_the_token_stands_in_no_page_no_session_and_no_log(
    owner: Client, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = town.new_bot()
    secret = token.partition(":")[2]
    step = drafted(owner, town, f"Use this token to access the HTTP API:\n{token}\nKeep it secure.")
    assert secret not in step
    assert secret not in words(owner.get(step))
    kept = json.dumps(dict(owner.session.items()))
    assert "token_sealed" in kept
    assert secret not in kept
    response = owner.post(step, chosen())
    bot = bot_of(response)
    assert bot.token == token
    assert secret not in words(owner.get(response["Location"]))
    assert "token_sealed" not in json.dumps(dict(owner.session.items()))
    refused = check(owner, town, f"{token}x")
    assert refusal(refused) == "refused"
    assert secret not in words(refused)
    assert secret not in caplog.text


def test_a_bot_of_the_sandbox_is_found_there_without_being_told(
    owner: Client, town: Town, settings: Settings
) -> None:
    settings.SANDBOX_URL, settings.TELEGRAM_API_URL = f"{town.url}/", "http://127.0.0.1:1"
    username = f"v{uuid4().hex[:12]}_bot"
    response = owner.post(CHECK, {"token": town.new_bot(username=username)})
    bot = bot_of(owner.post(response["Location"], chosen()))
    assert bot.api_url == town.url
    page = words(owner.get(f"/admin/new-bot/{bot.id}/ready/"))
    assert f'href="/sandbox/#{username}"' in page or f'href="/sandbox#{username}"' in page


def test_a_sandbox_that_is_away_is_not_waited_for(owner: Client, settings: Settings) -> None:
    settings.SANDBOX_URL, settings.TELEGRAM_API_URL = "http://127.0.0.1:9", "http://127.0.0.1:1"
    assert refusal(owner.post(CHECK, {"token": make_token()})) == "unreachable"


@pytest.mark.parametrize("pasted", ["", "hello", "12345:not/a/token", "x" * 5000])
def test_what_is_no_token_is_told_so_and_asked_of_nobody(owner: Client, pasted: str) -> None:
    response = owner.post(CHECK, {"token": pasted, "server": "other", "address": "http://127.0.0.1:1"})
    assert refusal(response) == "malformed"
    assert "123456789:AAE" in words(response)


def test_a_token_that_telegram_does_not_know_is_told_so(owner: Client, town: Town) -> None:
    response = check(owner, town, make_token())
    assert refusal(response) == "refused"
    assert "@BotFather" in words(response)


def test_a_token_that_is_here_already_leads_to_its_bot(owner: Client, town: Town) -> None:
    bot = make_bot(name=HOSTILE)
    response = check(owner, town, bot.token)
    assert refusal(response) == "taken"
    page = words(response)
    assert f'href="/admin/bots/bot/{bot.id}/change/"' in page
    assert "<script>alert" not in page
    assert bot.token not in page


def test_a_newer_token_of_a_bot_that_is_here_leads_to_where_it_is_replaced(owner: Client, town: Town) -> None:
    token = town.new_bot()
    bot = bot_of(owner.post(drafted(owner, town, token), chosen()))
    renewed = str(town.control("POST", f"bots/{token}/renew")["token"])
    response = check(owner, town, renewed)
    assert refusal(response) == "renewed"
    assert f'<a href="/admin/bot-token/{bot.id}/">Replace its token</a>' in words(response)
    # The same number on another server is somebody else.
    other = make_bot(telegram_id=int(renewed.partition(":")[0]))
    Bot.objects.filter(id=bot.id).update(telegram_id=None)
    assert check(owner, town, renewed).status_code == 302
    assert other.api_url != town.url


def test_a_telegram_that_does_not_answer_is_told_kindly_and_there_is_a_way_around(owner: Client) -> None:
    response = owner.post(CHECK, {"token": make_token(), "server": "other", "address": "http://127.0.0.1:1"})
    assert refusal(response) == "unreachable"
    page = words(response)
    assert f'href="{ADD}?by_hand=1"' in page
    assert 'value="http://127.0.0.1:1"' in page
    assert "<form" in words(owner.get(ADD, {"by_hand": "1"}))


@pytest.mark.parametrize("address", ["", "ftp://x", "not an address", "http://"])
def test_what_is_no_address_is_told_so(owner: Client, address: str) -> None:
    response = owner.post(CHECK, {"token": make_token(), "server": "other", "address": address})
    assert refusal(response) == "address"


def test_a_telegram_that_stumbles_may_be_asked_again(owner: Client, town: Town) -> None:
    token = town.new_bot()
    town.control("POST", "faults", {"token": token, "method": "getMe", "error_code": 500, "times": 1})
    assert refusal(check(owner, town, token)) == "unreachable"
    assert check(owner, town, token).status_code == 302


def test_what_telegram_calls_it_is_words(owner: Client, town: Town) -> None:
    step = drafted(owner, town, town.new_bot(HOSTILE))
    page = words(owner.get(step))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    ready = words(owner.get(owner.post(step, chosen(name=HOSTILE))["Location"]))
    assert "<script>alert" not in ready


def test_its_picture_is_shown_and_kept_without_its_address(owner: Client, town: Town) -> None:
    token = town.new_bot()
    number = int(token.partition(":")[0])
    town.control(
        "POST", f"people/{number}", {"first_name": "V", "photo": base64.b64encode(picture()).decode()}
    )
    step = drafted(owner, town, token)
    page = words(owner.get(step))
    assert "data:image/" in page
    assert "/file/bot" not in page
    response = owner.post(step, chosen())
    bot = bot_of(response)
    assert f'src="/admin/bots/bot/{bot.id}/picture/' in words(owner.get(response["Location"]))
    assert BotPicture.objects.filter(bot=bot).exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"language": "xx"}, "Select a valid choice"),
        ({"persona": str(uuid4())}, "This persona does not exist any more"),
        ({"persona": "nonsense"}, "Enter a valid UUID"),
    ],
)
def test_what_is_chosen_wrongly_is_told_and_the_rest_stays(
    owner: Client, town: Town, fields: dict[str, str], said: str
) -> None:
    step = drafted(owner, town, town.new_bot())
    mark = f"Vera {uuid4().hex[:8]}"
    response = owner.post(step, chosen(**{"name": mark, **fields}))
    assert response.status_code == 200
    assert said in words(response)
    assert ("name" in fields) or f'value="{mark}"' in words(response)
    assert not Bot.objects.filter(name=mark).exists()
    assert bot_of(owner.post(step, chosen(name=mark))).name == mark


def test_two_who_add_the_same_bot_get_one(owner: Client, town: Town) -> None:
    token = town.new_bot()
    other = browser(make_user(superuser=True))
    steps = [(each, drafted(each, town, token)) for each in (owner, other)]
    bot_of(owner.post(steps[0][1], chosen()))
    response = other.post(steps[1][1], chosen())
    assert refusal(response) == "bots.token_taken"
    assert "already belongs to the bot" in words(response)
    assert Bot.objects.filter(telegram_id=int(token.partition(":")[0])).count() == 1


def test_what_is_begun_is_forgotten_after_an_hour_and_lies_in_ones_own_session(
    owner: Client, town: Town, stopped_clock: Clock
) -> None:
    step = drafted(owner, town, town.new_bot())
    assert refusal(browser(make_user(superuser=True)).get(step)) == "forgotten"
    assert refusal(owner.get(f"{START}{uuid4()}/")) == "forgotten"
    stopped_clock.advance(timedelta(hours=1, seconds=1))
    assert refusal(owner.post(step, chosen())) == "forgotten"


def test_three_may_be_begun_at_a_time(owner: Client, town: Town) -> None:
    steps = [drafted(owner, town, town.new_bot()) for _ in range(4)]
    assert refusal(owner.get(steps[0])) == "forgotten"
    assert all(owner.get(each).context["refusal"] is None for each in steps[1:])


def test_a_token_that_can_no_longer_be_opened_is_asked_for_again(
    owner: Client, town: Town, settings: Settings
) -> None:
    step = drafted(owner, town, town.new_bot())
    settings.ENCRYPTION_KEYS = [base64.urlsafe_b64encode(b"another key that fits 32 bytes!!").decode()]
    assert refusal(owner.post(step, chosen())) == "forgotten"


def test_only_superusers_add_bots(bot: Bot, town: Town) -> None:
    token = town.new_bot()
    for role in Role:
        client = browser(make_coach(bot, role=role))
        assert client.get(START).status_code == 403
        assert check(client, town, token).status_code == 403
        assert client.get(f"{START}{uuid4()}/").status_code == 403
        assert client.post(f"{START}{uuid4()}/", chosen()).status_code == 403
        assert client.get(ADD).status_code == 403
    assert Client().get(START).status_code == 302
    assert Client().post(CHECK, {"token": token})["Location"].startswith("/admin/login/")
    assert not Bot.objects.filter(telegram_id=int(token.partition(":")[0])).exists()


def test_a_token_is_not_taken_from_another_site(town: Town) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(superuser=True))
    assert check(strict, town, town.new_bot()).status_code == 403


def test_no_transaction_is_open_while_telegram_is_asked(
    owner: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    ask = asyncio.run

    def watch(waiting: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return ask(waiting)

    monkeypatch.setattr("dashboard.bots.asking.asyncio.run", watch)
    drafted(owner, town, town.new_bot())
    assert seen == [False]


def test_pages_on_the_way_ask_the_database_little(owner: Client, town: Town) -> None:
    step = drafted(owner, town, town.new_bot())
    bot = bot_of(owner.post(drafted(owner, town, town.new_bot()), chosen()))
    for address in (START, step, f"{START}{bot.id}/ready/"):
        owner.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(address).status_code == 200
        assert len([each for each in queries if " FROM " in each["sql"]]) <= 12


def test_the_last_page_is_of_a_bot_that_one_sees(bot: Bot, other_bot: Bot) -> None:
    client = browser(make_coach(bot, role=Role.MANAGER))
    assert client.get(f"{START}{bot.id}/ready/").status_code == 200
    assert client.get(f"{START}{other_bot.id}/ready/").status_code == 404
    assert browser(make_user(superuser=True)).get(f"{START}{uuid4()}/ready/").status_code == 404


def test_the_last_page_tells_what_is_wrong(owner: Client) -> None:
    bot = make_bot(wanted_state="running")
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state="token_revoked", error="Unauthorized")
    page = words(owner.get(f"{START}{bot.id}/ready/"))
    assert "Unauthorized" in page
    assert "token revoked" in page


def ask_again(client: Client, bot: Bot) -> Any:
    return client.post(f"{START}{bot.id}/ask/")


def told(response: Any) -> str:
    (message,) = get_messages(response.wsgi_request)
    return str(message)


def test_telegram_is_asked_again_about_a_bot_that_is_here(town: Town) -> None:
    token = town.new_bot("Vera", f"vera_{uuid4().hex[:8]}_bot")
    bot = make_bot(token=token, api_url=town.url, username="", telegram_id=None)
    town.control(
        "POST",
        f"people/{token.partition(':')[0]}",
        {"first_name": "V", "photo": base64.b64encode(picture()).decode()},
    )
    response = ask_again(browser(make_coach(bot, role=Role.MANAGER)), bot)
    assert response["Location"] == f"/admin/bots/bot/{bot.id}/change/"
    assert "The token is good: Vera" in told(response)
    fresh = Bot.objects.get(id=bot.id)
    assert fresh.username.startswith("vera_")
    assert fresh.telegram_id == int(token.partition(":")[0])
    assert BotPicture.objects.filter(bot=bot).exists()


def test_what_telegram_refuses_is_told_and_nothing_is_changed(town: Town) -> None:
    bot = make_bot(api_url=town.url)
    response = ask_again(browser(make_coach(bot, role=Role.OWNER)), bot)
    assert told(response).startswith("Telegram does not know this token.")
    assert Bot.objects.get(id=bot.id).username == bot.username


def test_of_a_bot_that_is_here_nobody_is_told_how_to_add_it(town: Town) -> None:
    boss = make_user(superuser=True)
    lost = make_bot(api_url="http://127.0.0.1:1")
    said = told(ask_again(browser(boss), lost))
    assert said.startswith(
        "Telegram could not be asked. Nothing is known to be wrong with its token, and nothing was changed. "
        "Try again in a moment. What came instead of an answer: "
    )
    assert "added" not in said
    unknown = told(ask_again(browser(boss), make_bot(name="Vera", api_url=town.url)))
    assert "The token of “Vera” was revoked, or never was right." in unknown
    assert "Paste" not in unknown
    strange = make_bot(name="Vera", api_url="ftp://x")
    assert "Telegram is asked at ftp://x, the address of “Vera”." in told(ask_again(browser(boss), strange))


def test_of_a_bot_whose_token_cannot_be_opened_telegram_is_not_asked(bot: Bot) -> None:
    lost = Fernet(base64.urlsafe_b64encode(b"another key that fits 32 bytes!!"))
    before = bot.token_sealed
    Bot.objects.filter(id=bot.id).update(token_sealed=lost.encrypt(b"x").decode())
    said = told(ask_again(browser(make_coach(bot, role=Role.OWNER)), bot))
    # Others in this database open the tokens of all bots.
    Bot.objects.filter(id=bot.id).update(token_sealed=before)
    assert said.startswith("Telegram was not asked. The token was written with a key that is no longer")


def test_who_reads_russian_is_told_of_telegram_in_russian() -> None:
    client = browser(make_user(superuser=True))
    client.cookies["django_language"] = "ru"
    said = told(ask_again(client, make_bot(api_url="http://127.0.0.1:1")))
    assert said.startswith("Не удалось спросить Telegram.")
    assert "Вместо ответа пришло: " in said


def test_who_may_not_change_a_bot_does_not_ask_about_it(bot: Bot, other_bot: Bot, town: Town) -> None:
    coach = browser(make_coach(bot, role=Role.COACH))
    assert ask_again(coach, bot).status_code == 403
    assert ask_again(coach, other_bot).status_code == 404
    assert "/ask/" not in words(coach.get(f"/admin/bots/bot/{bot.id}/change/"))
    manager = browser(make_coach(bot, role=Role.MANAGER))
    assert "/ask/" in words(manager.get(f"/admin/bots/bot/{bot.id}/change/"))
    assert ask_again(manager, other_bot).status_code == 404
    assert manager.get(f"{START}{bot.id}/ask/").status_code == 405
