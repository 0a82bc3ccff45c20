"""Another token for a bot that is here: Telegram is asked before anything changes."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from bots.models import Bot, BotAccess, BotPicture
from bots.roles import Role
from bots.services.delete_bot import delete_bot
from bots.services.keep_picture import keep_picture
from bots.services.replace_token import replace_token
from core.clock import Clock
from core.tenancy import in_bot
from events.models import Event
from tests.cast import NOWHERE, make_bot, make_token
from tests.sandbox.pictures import picture
from tests.web.people import browser, make_coach, make_user
from tests.web.town import Town

HOSTILE = """<script>alert(1)</script>'"&"""


@pytest.fixture
def here(owner: Client, town: Town) -> Bot:
    """A bot of the town's, as it is when Telegram was asked about it."""
    return settled(town, "Vera")


def settled(town: Town, name: str = "Vera", **fields: Any) -> Bot:
    username = f"v{uuid4().hex[:12]}_bot"
    token = town.new_bot(name, username)
    return make_bot(**{"token": token, "api_url": town.url, "username": username, "name": name, **fields})


def address(bot: Bot) -> str:
    return f"/admin/bot-token/{bot.id}/"


def page_of(bot: Bot) -> str:
    return f"/admin/bots/bot/{bot.id}/change/"


def paste(client: Client, bot: Bot, token: str) -> Any:
    return client.post(f"{address(bot)}check/", {"token": token})


def renewed(town: Town, bot: Bot) -> str:
    return str(town.control("POST", f"bots/{bot.token}/renew")["token"])


def words(response: Any) -> str:
    return str(response.content.decode())


def refusal(response: Any) -> str:
    assert response.status_code == 200, response.get("Location")
    return str(response.context["refusal"].code)


def told(response: Any) -> str:
    (message,) = get_messages(response.wsgi_request)
    return str(message)


def wanted(client: Client, bot: Bot, token: str) -> str:
    """The page on which somebody is asked once more."""
    response = paste(client, bot, token)
    assert response.status_code == 302, words(response)
    assert response["Location"].startswith(address(bot))
    return str(response["Location"])


def assert_untouched(bot: Bot) -> None:
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.token, fresh.generation) == (bot.token, bot.generation)
    assert (fresh.telegram_id, fresh.username) == (bot.telegram_id, bot.username)
    assert not LogEntry.objects.filter(object_id=str(bot.id)).exists()
    assert replacements(bot) == 0


def replacements(bot: Bot) -> int:
    with in_bot(bot.id):
        return Event.objects.filter(bot_id=bot.id, kind="bot.token_replaced").count()


def test_the_page_shows_whose_token_it_is_and_its_end_alone(owner: Client, here: Bot) -> None:
    Bot.objects.filter(id=here.id).update(token_hint=f"{here.telegram_id}:…wxyz", name=HOSTILE)
    page = words(owner.get(address(here)))
    assert f"@{here.username}" in page
    assert f"{here.telegram_id}:…wxyz" in page
    assert here.token not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'type="password"' in page
    # The bot lives on a server that is not everybody's.
    assert here.api_url in page


def test_a_new_token_of_the_same_bot_is_put_in_place_at_once(owner: Client, here: Bot, town: Town) -> None:
    Bot.objects.filter(id=here.id).update(username="an_older_name")
    face = {"first_name": "V", "photo": base64.b64encode(picture()).decode()}
    town.control("POST", f"people/{here.telegram_id}", face)
    token = renewed(town, here)
    response = paste(owner, here, f"Use this token to access the HTTP API:\n{token}\nKeep it secure.")

    assert response["Location"] == page_of(here)
    assert told(response) == (
        f"“{here.name}” has its new token; in Telegram it is Vera (@{here.username}), as before."
    )
    fresh = Bot.objects.get(id=here.id)
    assert (fresh.token, fresh.generation, fresh.api_url) == (token, 2, town.url)
    assert (fresh.telegram_id, fresh.username) == (here.telegram_id, here.username)
    assert BotPicture.objects.filter(bot=here).exists()
    (entry,) = LogEntry.objects.filter(object_id=str(here.id))
    assert (entry.is_change(), entry.change_message) == (True, told(response))
    assert replacements(here) == 1


@pytest.mark.parametrize("pasted", ["", "hello", "12345:not/a/token", "x" * 5000])
def test_what_is_no_token_is_told_so(owner: Client, here: Bot, pasted: str) -> None:
    assert refusal(paste(owner, here, pasted)) == "malformed"
    assert_untouched(here)


def test_a_token_that_telegram_does_not_know_is_told_so(owner: Client, here: Bot) -> None:
    response = paste(owner, here, make_token())
    assert refusal(response) == "refused"
    assert "@BotFather" in words(response)
    assert_untouched(here)


def test_the_token_that_it_has_is_told_so_and_nobody_is_asked(owner: Client, bot: Bot) -> None:
    response = paste(owner, bot, bot.token)
    assert refusal(response) == "same"
    assert "very token already" in words(response)
    assert_untouched(bot)


def test_a_token_of_another_bot_that_is_here_leads_there(owner: Client, here: Bot, other_bot: Bot) -> None:
    Bot.objects.filter(id=other_bot.id).update(name=HOSTILE)
    response = paste(owner, here, other_bot.token)
    assert refusal(response) == "taken"
    assert f'href="{page_of(other_bot)}"' in words(response)
    assert "<script>alert" not in words(response)
    assert_untouched(here)


def test_a_newer_token_of_another_bot_that_is_here_leads_there(owner: Client, here: Bot, town: Town) -> None:
    other = settled(town)
    response = paste(owner, here, renewed(town, other))
    assert refusal(response) == "renewed"
    assert f'<a href="{address(other)}">Replace its token</a>' in words(response)
    assert_untouched(here)
    assert_untouched(other)


def test_a_newer_token_of_a_bot_that_one_only_sees_leads_to_its_page(here: Bot, town: Town) -> None:
    other, user = settled(town), make_coach(here, role=Role.MANAGER)
    BotAccess.objects.create(bot=other, user=user, role=Role.ANALYST)
    response = paste(browser(user), here, renewed(town, other))
    assert refusal(response) == "renewed"
    assert f'<a href="{page_of(other)}">Open it</a>' in words(response)


def test_of_a_bot_that_one_does_not_see_no_name_is_told(here: Bot, town: Town) -> None:
    other = settled(town, name="A secret one")
    client = browser(make_coach(here, role=Role.MANAGER))
    for token in (other.token, renewed(town, other)):
        response = paste(client, here, token)
        assert refusal(response) == "taken"
        assert "one that you do not see" in words(response)
        for secret in (other.name, other.slug, str(other.id)):
            assert secret not in words(response)
    assert_untouched(here)


def test_another_row_of_the_same_bot_is_no_reason_to_refuse_its_own_token(
    owner: Client, here: Bot, town: Town
) -> None:
    # Its name stands before: it would be found first.
    make_bot(name="A", telegram_id=here.telegram_id, api_url=town.url)
    token = renewed(town, here)
    assert paste(owner, here, token)["Location"] == page_of(here)
    assert Bot.objects.get(id=here.id).token == token


def test_another_bot_than_before_is_shown_and_replaces_once_that_is_confirmed(
    owner: Client, here: Bot, town: Town
) -> None:
    keep_picture(bot_id=here.id, content=picture())
    username = f"x{uuid4().hex[:12]}_bot"
    token = town.new_bot(HOSTILE, username)
    number = int(token.partition(":")[0])
    face = {"first_name": "V", "photo": base64.b64encode(picture()).decode()}
    town.control("POST", f"people/{number}", face)
    step = wanted(owner, here, token)
    page = words(owner.get(step))
    assert "another bot than before" in page
    assert f"@{username}" in page
    assert "data:image/" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert_untouched(here)

    response = owner.post(step)
    assert response["Location"] == page_of(here)
    assert "people have to find it anew" in told(response)
    assert f"(@{username})" in told(response)
    fresh = Bot.objects.get(id=here.id)
    assert (fresh.token, fresh.telegram_id, fresh.username) == (token, number, username)
    assert (fresh.generation, fresh.api_url) == (2, town.url)
    assert BotPicture.objects.filter(bot=here).exists()
    # What was begun is over.
    assert refusal(owner.post(step)) == "forgotten"
    assert Bot.objects.get(id=here.id).generation == 2


def test_a_bot_of_which_telegram_was_never_asked_is_known_by_its_token(owner: Client, town: Town) -> None:
    bot = settled(town, telegram_id=None, username="")
    assert "Telegram was not asked yet" in words(owner.get(address(bot)))
    assert "another bot than before" in words(owner.get(wanted(owner, bot, town.new_bot())))
    token = renewed(town, bot)
    assert paste(owner, bot, token)["Location"] == page_of(bot)
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.token, fresh.telegram_id) == (token, int(token.partition(":")[0]))


def test_a_token_that_can_no_longer_be_opened_is_replaced_like_any_other(
    owner: Client, here: Bot, town: Town
) -> None:
    token = renewed(town, here)
    lost = Fernet(base64.urlsafe_b64encode(b"another key that fits 32 bytes!!"))
    Bot.objects.filter(id=here.id).update(token_sealed=lost.encrypt(here.token.encode()).decode())
    assert owner.get(address(here)).status_code == 200
    assert paste(owner, here, token)["Location"] == page_of(here)
    assert Bot.objects.get(id=here.id).token == token


def around(response: Any) -> str:
    assert refusal(response) == "unreachable"
    return str(response.context["refusal"].link)


def test_a_telegram_that_does_not_answer_is_told_and_there_is_a_way_around(owner: Client, bot: Bot) -> None:
    keep_picture(bot_id=bot.id, content=picture())
    token = f"{bot.telegram_id}:AA{'n' * 33}"
    response = paste(owner, bot, token)
    step = around(response)
    assert f'<a href="{step}">Replace without asking</a>' in words(response)
    assert "nothing was changed" in words(response)
    page = words(owner.get(step))
    assert "By its number it is the same bot as before." in page
    assert f"{bot.telegram_id}:…nnnn" in page
    assert_untouched(bot)

    response = owner.post(step)
    assert response["Location"] == page_of(bot)
    assert "Telegram was not asked" in told(response)
    fresh = Bot.objects.get(id=bot.id)
    # The runtime asks who it is.
    assert (fresh.token, fresh.generation, fresh.telegram_id, fresh.username) == (token, 2, None, "")
    assert fresh.api_url == NOWHERE
    assert BotPicture.objects.filter(bot=bot).exists()


def test_without_asking_another_bot_is_known_by_its_number(owner: Client, bot: Bot) -> None:
    keep_picture(bot_id=bot.id, content=picture())
    token = make_token()
    step = around(paste(owner, bot, token))
    assert "By its number this is another bot than before." in words(owner.get(step))
    assert "people have to find it anew" in told(owner.post(step))
    assert Bot.objects.get(id=bot.id).token == token
    # It was the other one's.
    assert not BotPicture.objects.filter(bot=bot).exists()


def test_without_asking_nobody_gets_a_newer_token_of_another_bot_that_is_here(
    owner: Client, bot: Bot, other_bot: Bot
) -> None:
    response = paste(owner, bot, f"{other_bot.telegram_id}:AA{'n' * 33}")
    assert refusal(response) == "renewed"
    assert f'<a href="{address(other_bot)}">Replace its token</a>' in words(response)
    assert_untouched(bot)


def test_a_telegram_that_stumbles_may_be_asked_again_and_what_was_begun_is_forgotten(
    owner: Client, here: Bot, town: Town
) -> None:
    token = renewed(town, here)
    town.control("POST", "faults", {"token": token, "method": "getMe", "error_code": 500, "times": 1})
    around(paste(owner, here, token))
    assert "token_sealed" in json.dumps(dict(owner.session.items()))
    assert paste(owner, here, token)["Location"] == page_of(here)
    assert "token_sealed" not in json.dumps(dict(owner.session.items()))


def test_an_address_that_is_none_of_telegrams_leads_to_the_bots_settings(owner: Client) -> None:
    bot = make_bot(api_url="ftp://x")
    response = paste(owner, bot, make_token())
    assert refusal(response) == "address"
    assert f'href="{page_of(bot)}"' in words(response)
    assert "ftp://x" in words(response)
    assert_untouched(bot)


def test_the_token_stands_in_no_page_no_session_no_log_and_no_book(
    owner: Client,
    here: Bot,
    town: Town,
    caplog: pytest.LogCaptureFixture,
    owner_database: psycopg.Connection[tuple[object, ...]],
) -> None:
    caplog.set_level(logging.DEBUG)
    token = town.new_bot()
    secret = token.partition(":")[2]
    refused = paste(owner, here, f"{token}x")
    assert refusal(refused) == "refused"
    assert secret not in words(refused)
    step = wanted(owner, here, token)
    assert secret not in step
    assert secret not in words(owner.get(step))
    kept = json.dumps(dict(owner.session.items()))
    assert "token_sealed" in kept
    assert secret not in kept
    response = owner.post(step)
    assert secret not in told(response)
    assert secret not in words(owner.get(response["Location"]))
    assert secret not in words(owner.get(address(here)))
    assert "token_sealed" not in json.dumps(dict(owner.session.items()))
    assert secret not in caplog.text
    book = owner_database.execute(
        "SELECT actor_id, after::text FROM audit_entries WHERE bot_id = %s AND subject = 'bots' "
        "AND action = 'update'",
        [here.id],
    ).fetchall()
    user_id = int(owner.session["_auth_user_id"])
    assert any(actor == user_id and "token_hint" in str(after) for actor, after in book)
    assert secret not in str(book)
    assert Bot.objects.get(id=here.id).token_sealed not in str(book)


def test_what_is_begun_is_forgotten_after_an_hour_and_is_for_one_bot_and_one_person(
    owner: Client, here: Bot, other_bot: Bot, town: Town, stopped_clock: Clock
) -> None:
    step = wanted(owner, here, town.new_bot())
    elsewhere = step.replace(str(here.id), str(other_bot.id))
    as_new = step.replace(f"/bot-token/{here.id}/", "/new-bot/")
    for each in (elsewhere, as_new, f"{address(here)}{uuid4()}/"):
        assert refusal(owner.get(each)) == "forgotten"
        assert refusal(owner.post(each, {"name": "Vera", "language": "en"})) == "forgotten"
    assert refusal(browser(make_user(superuser=True)).post(step)) == "forgotten"
    assert owner.get(step).context["refusal"] is None
    stopped_clock.advance(timedelta(hours=1, seconds=1))
    assert refusal(owner.post(step)) == "forgotten"
    assert_untouched(here)
    assert_untouched(other_bot)


def test_a_bot_that_is_being_added_is_no_token_for_one_that_is_here(
    owner: Client, here: Bot, town: Town
) -> None:
    check = {"token": town.new_bot(), "server": "other", "address": town.url}
    draft_id = owner.post("/admin/new-bot/check/", check)["Location"].split("/")[-2]
    assert refusal(owner.post(f"{address(here)}{draft_id}/")) == "forgotten"
    assert_untouched(here)


def test_what_was_asked_of_one_server_says_nothing_on_another(owner: Client, here: Bot, town: Town) -> None:
    step = wanted(owner, here, town.new_bot())
    Bot.objects.filter(id=here.id).update(api_url=NOWHERE)
    assert refusal(owner.post(step)) == "forgotten"
    assert_untouched(here)


def test_a_token_that_was_sealed_with_a_key_that_is_gone_is_asked_for_again(
    owner: Client, here: Bot, town: Town, settings: Settings
) -> None:
    step = wanted(owner, here, town.new_bot())
    before = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [base64.urlsafe_b64encode(b"another key that fits 32 bytes!!").decode()]
    assert refusal(owner.post(step)) == "forgotten"
    settings.ENCRYPTION_KEYS = before
    assert_untouched(here)


def test_a_token_that_another_bot_got_meanwhile_is_not_replaced(owner: Client, here: Bot, town: Town) -> None:
    token = town.new_bot()
    step = wanted(owner, here, token)
    other = settled(town)
    replace_token(bot_id=other.id, token=token)
    response = owner.post(step)
    assert refusal(response) == "taken"
    assert f'href="{page_of(other)}"' in words(response)
    assert_untouched(here)
    replace_token(bot_id=other.id, token=other.token)
    replace_token(bot_id=here.id, token=token)
    assert refusal(owner.post(step)) == "same"
    assert Bot.objects.get(id=here.id).generation == 2


def while_asked(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    ask = asyncio.run

    def watch(waiting: Any) -> Any:
        happens()
        return ask(waiting)

    monkeypatch.setattr("dashboard.bots.asking.asyncio.run", watch)


def test_no_transaction_is_open_while_telegram_is_asked(
    owner: Client, here: Bot, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    while_asked(monkeypatch, lambda: seen.append(connection.in_atomic_block))
    assert paste(owner, here, renewed(town, here)).status_code == 302
    assert seen == [False]


def test_a_token_that_another_bot_gets_while_telegram_is_asked_is_not_replaced(
    owner: Client, here: Bot, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, token = settled(town), renewed(town, here)
    while_asked(monkeypatch, lambda: replace_token(bot_id=other.id, token=token))
    response = paste(owner, here, token)
    assert refusal(response) == "taken"
    assert f'href="{page_of(other)}"' in words(response)
    assert_untouched(here)


def test_a_bot_that_is_deleted_while_telegram_is_asked_is_gone(
    owner: Client, here: Bot, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = renewed(town, here)
    while_asked(monkeypatch, lambda: delete_bot(bot_id=here.id))
    assert paste(owner, here, token).status_code == 404
    assert not Bot.objects.filter(id=here.id).exists()


def test_who_may_change_the_bot_replaces_its_token_and_nobody_else(
    here: Bot, other_bot: Bot, town: Town
) -> None:
    token = renewed(town, here)
    for role in (Role.COACH, Role.ANALYST, Role.READ_ONLY):
        client = browser(make_coach(here, role=role))
        assert client.get(address(here)).status_code == 403
        assert paste(client, here, token).status_code == 403
        assert client.get(f"{address(here)}{uuid4()}/").status_code == 403
        assert client.post(f"{address(here)}{uuid4()}/").status_code == 403
        assert address(here) not in words(client.get("/admin/bots/bot/"))
        assert "replace-token" not in words(client.get(page_of(here)))
    assert_untouched(here)
    for role in (Role.OWNER, Role.MANAGER):
        client = browser(make_coach(here, role=role))
        assert address(here) in words(client.get("/admin/bots/bot/"))
        assert client.get(address(here)).status_code == 200
    assert paste(client, here, token)["Location"] == page_of(here)
    assert Bot.objects.get(id=here.id).token == token


def test_of_what_is_refused_the_bot_is_written_down(
    bot: Bot, other_bot: Bot, owner_database: psycopg.Connection[tuple[object, ...]]
) -> None:
    client = browser(make_coach(bot, role=Role.COACH))
    for which, status in ((bot, 403), (other_bot, 404)):
        assert client.post(f"{address(which)}{uuid4()}/").status_code == status
    written = owner_database.execute(
        "SELECT row_id FROM audit_entries WHERE action = 'refused' AND actor_id = %s ORDER BY id",
        [int(client.session["_auth_user_id"])],
    ).fetchall()
    assert written == [(str(bot.id),), (str(other_bot.id),)]


def test_a_bot_that_one_does_not_see_is_not_there(bot: Bot, other_bot: Bot) -> None:
    client = browser(make_coach(bot, role=Role.OWNER))
    superuser = browser(make_user(superuser=True))
    gone = Bot(id=uuid4())
    for who, which in ((client, other_bot), (client, gone), (superuser, gone)):
        assert who.get(address(which)).status_code == 404
        assert paste(who, which, make_token()).status_code == 404
        assert who.get(f"{address(which)}{uuid4()}/").status_code == 404
        assert who.post(f"{address(which)}{uuid4()}/").status_code == 404
        assert who.get(f"/admin/bots/bot/{which.id}/replace-token/").status_code == 404
    assert_untouched(other_bot)
    assert Client().get(address(bot))["Location"].startswith("/admin/login/")
    assert paste(Client(), bot, make_token())["Location"].startswith("/admin/login/")


def test_looking_changes_nothing(owner: Client, here: Bot, town: Town) -> None:
    assert owner.get(f"{address(here)}check/", {"token": make_token()}).status_code == 405
    assert owner.post(address(here), {"token": make_token()}).status_code == 405
    step = wanted(owner, here, town.new_bot())
    for _ in range(2):
        assert owner.get(step).status_code == 200
        assert owner.head(step).status_code == 200
    assert owner.put(step).status_code == 405
    assert_untouched(here)


def test_a_token_is_not_taken_from_another_site(here: Bot, town: Town) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(superuser=True))
    assert paste(strict, here, renewed(town, here)).status_code == 403
    assert strict.post(f"{address(here)}{uuid4()}/").status_code == 403
    assert_untouched(here)


def test_the_older_address_leads_here_and_changes_nothing(owner: Client, bot: Bot) -> None:
    older = f"/admin/bots/bot/{bot.id}/replace-token/"
    assert owner.get(older)["Location"] == address(bot)
    sent = {"_form_submitted": "true", "token": make_token()}
    assert owner.post(older, sent)["Location"] == address(bot)
    # A list that was loaded before asks for a dialog.
    dialog = owner.get(older, headers={"HX-Request": "true"})
    assert (dialog.status_code, dialog["HX-Redirect"]) == (200, address(bot))
    assert_untouched(bot)


def test_the_buttons_lead_here(owner: Client, bot: Bot) -> None:
    listed = words(owner.get("/admin/bots/bot/", {"q": bot.slug}))
    (link,) = [each for each in listed.split("<a ") if f'href="{address(bot)}"' in each]
    # A page, not a dialog.
    assert "hx-get" not in link.partition(">")[0]
    assert f'href="/admin/bots/bot/{bot.id}/replace-token/"' in words(owner.get(page_of(bot)))


def test_the_pages_ask_the_database_little(owner: Client, here: Bot, town: Town) -> None:
    step = wanted(owner, here, town.new_bot())
    for each in (address(here), step):
        owner.get(each)
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(each).status_code == 200
        assert len([found for found in queries if " FROM " in found["sql"]]) <= 12
