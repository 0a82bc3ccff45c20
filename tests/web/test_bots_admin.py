from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from bots.models import Bot, BotAccess, Persona
from bots.services.acquire_lease import acquire_lease
from bots.services.observe_state import observe_state
from bots.services.record_polls import record_polls
from core.clock import clock
from tests.bots.notifications import heard_by
from tests.cast import make_bot, make_token
from tests.fixtures.database import database_role
from tests.web.people import browser, make_coach, make_user

LIST = "/admin/bots/bot/"
ADD = "/admin/bots/bot/add/"


def page_of(bot: Bot) -> str:
    return f"/admin/bots/bot/{bot.id}/change/"


def words(response: HttpResponse) -> str:
    return response.content.decode()


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def new_bot(**fields: str) -> dict[str, str]:
    return {
        "name": "Vera",
        "slug": "",
        "token": make_token(),
        "api_url": "http://127.0.0.1:1/",
        "language": "ru",
        "persona": "",
        "wanted_state": "running",
        "model_provider": "demo",
        "model_name": "",
        "model_base_url": "",
        "model_key": "",
        **fields,
    }


def changed(bot: Bot, **fields: Any) -> dict[str, Any]:
    """What the browser sends back when only these fields were touched."""
    return {
        "name": bot.name,
        "slug": bot.slug,
        "api_url": bot.api_url,
        "language": bot.language,
        "persona": bot.persona_id or "",
        "burst_wait": bot.burst_wait,
        "sends_per_second": bot.sends_per_second,
        "chat_sends_per_second": bot.chat_sends_per_second,
        "config": "{}",
        "model_provider": bot.model_provider,
        "model_name": bot.model_name,
        "model_fallback_name": "",
        "model_base_url": "",
        "model_key": "",
        "model_temperature": "",
        "model_max_tokens": bot.model_max_tokens,
        "model_timeout": bot.model_timeout,
        "model_input_price": bot.model_input_price,
        "model_output_price": bot.model_output_price,
        "starts_silence": "on",
        "starts_stage": "on",
        "starts_morning": "on",
        "timezone": bot.timezone,
        "proactive_a_day": bot.proactive_a_day,
        "proactive_from": bot.proactive_from,
        "proactive_until": bot.proactive_until,
        "daily_budget_usd": "",
        "rotation_budget_usd": "",
        "platform_url": "",
        "owner_telegram_id": "",
        "admin_telegram_ids": "",
        "staff_access-TOTAL_FORMS": "0",
        "staff_access-INITIAL_FORMS": "0",
        **fields,
    }


def test_the_list_shows_what_is_wanted_and_what_is_seen(owner: Client) -> None:
    bot = make_bot(name="Vera Pavlovna", wanted_state="running", username="vera_p_bot")
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state="conflict", error="<b>Somebody else polls</b>", restarts_delta=7)
        record_polls(polls={bot.id: (clock.now() - timedelta(minutes=5), None)})

    page = words(owner.get(LIST, {"q": bot.slug}))

    assert "Vera Pavlovna" in page
    assert "@vera_p_bot" in page
    assert "conflict" in page
    assert "5\xa0minutes ago" in page
    assert "&lt;b&gt;Somebody else polls&lt;/b&gt;" in page
    assert bot.token not in page


def test_the_list_takes_as_many_questions_for_many_bots_as_for_one(owner: Client) -> None:
    mark = f"many-{uuid4().hex[:8]}"

    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert owner.get(LIST, {"q": mark}).status_code == 200
        return len(queries)

    make_bot(slug=f"{mark}-0", persona=Persona.objects.create(slug=f"{mark}-0", name="A"))
    questions()
    one = questions()
    for number in range(1, 9):
        make_bot(slug=f"{mark}-{number}", persona=Persona.objects.create(slug=f"{mark}-{number}", name="A"))
    assert questions() == one


def test_a_bot_is_added_by_its_token_and_told_to_the_runtime(
    owner: Client, owner_database: psycopg.Connection[Any]
) -> None:
    form = new_bot(name="Мастерская", model_key="sk-abcdefghijklmnopqrst", model_provider="openai")
    with heard_by(owner_database) as heard:
        response = owner.post(ADD, form)
        told_ids = heard()

    bot = Bot.objects.get(token_hint__endswith=form["token"][-4:], name="Мастерская")
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert told_ids == [str(bot.id)]
    assert bot.token == form["token"]
    assert bot.slug.startswith("masterskaya")
    assert (bot.wanted_state, bot.language, bot.api_url) == ("running", "ru", "http://127.0.0.1:1/")
    assert (bot.model_provider, bot.model_key) == ("openai", "sk-abcdefghijklmnopqrst")
    assert bot.status.state == "stopped"
    assert LogEntry.objects.filter(object_id=str(bot.id), action_flag=1).count() == 1


def test_the_form_of_a_new_bot_is_filled_with_what_the_installation_has(
    owner: Client, settings: Settings
) -> None:
    settings.TELEGRAM_API_URL, settings.SANDBOX_URL = "http://127.0.0.1:5/api", "http://127.0.0.1:6"
    settings.OPENAI_API_KEY = "sk-of-the-installation"
    page = words(owner.get(ADD, {"by_hand": "1"}))
    assert 'value="http://127.0.0.1:5/api"' in page
    assert "http://127.0.0.1:6" in page
    assert '<option value="openai" selected>' in page
    assert '<option value="running" selected>' in page
    assert "sk-of-the-installation" not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"token": "12345:not/a/token"}, "This is not a bot token"), ({"token": ""}, "This field is required")],
)
def test_a_refused_token_is_told_beside_its_field_and_what_was_typed_stays(
    owner: Client, fields: dict[str, str], said: str
) -> None:
    name = f"Refused {uuid4()}"
    response = owner.post(ADD, new_bot(name=name, **fields))
    assert response.status_code == 200
    assert said in words(response)
    assert f'value="{name}"' in words(response)
    assert not Bot.objects.filter(name=name).exists()


def test_a_token_that_is_taken_is_told_with_the_bots_name_and_is_not_shown_again(
    owner: Client, bot: Bot
) -> None:
    response = owner.post(ADD, new_bot(token=bot.token))
    assert response.status_code == 200
    assert f"already belongs to the bot “{bot.name}”" in words(response)
    assert response.context["adminform"].form.errors.keys() == {"token"}
    assert bot.token not in words(response)


def test_the_page_of_a_bot_shows_hints_instead_of_secrets(owner: Client, bot: Bot) -> None:
    page = words(owner.get(page_of(bot)))
    assert bot.token_hint in page
    assert bot.token not in page
    assert bot.token.partition(":")[2] not in page


def test_what_changed_goes_to_the_services_and_nothing_else_does(
    owner: Client, bot: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    with heard_by(owner_database) as heard:
        form = changed(
            bot,
            name="New name",
            admin_telegram_ids="11,12",
            config='{"a": 1}',
            model_key="sk-0123456789abcdefgh",
        )
        response = owner.post(page_of(bot), form)
        # Told twice in one transaction, heard once.
        assert heard() == [str(bot.id)]

    assert response.status_code == 302
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.name, fresh.admin_telegram_ids, fresh.config) == ("New name", [11, 12], {"a": 1})
    assert fresh.model_key == "sk-0123456789abcdefgh"
    assert (fresh.token, fresh.generation, fresh.wanted_state) == (bot.token, 1, "stopped")


def test_saving_without_a_change_tells_nobody(
    owner: Client, bot: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    with heard_by(owner_database) as heard:
        assert owner.post(page_of(bot), changed(bot)).status_code == 302
        assert heard() == []


def test_a_key_is_forgotten_on_demand(owner: Client, bot: Bot) -> None:
    owner.post(page_of(bot), changed(bot, model_key="sk-0123456789abcdefgh"))
    owner.post(page_of(bot), changed(bot, forget_model_key="on"))
    assert Bot.objects.get(id=bot.id).model_key == ""


def test_what_a_service_refuses_is_told_above_the_form_and_nothing_changes(owner: Client, bot: Bot) -> None:
    response = owner.post(page_of(bot), changed(bot, name="Changed all the same", config="[1, 2]"))
    assert response.status_code == 200
    assert "a JSON object is needed" in words(response)
    assert Bot.objects.get(id=bot.id).name == bot.name


@pytest.mark.parametrize(
    ("button", "wanted"), [("start", "running"), ("pause", "paused"), ("stop", "stopped")]
)
def test_buttons_ask_first_and_then_say_what_is_wanted(owner: Client, button: str, wanted: str) -> None:
    bot = make_bot(wanted_state="paused" if button == "stop" else "stopped")
    address = f"/admin/bots/bot/{bot.id}/{button}/"

    question = owner.get(address)
    assert question.status_code == 200
    assert "csrfmiddlewaretoken" in words(question)
    assert Bot.objects.get(id=bot.id).wanted_state == bot.wanted_state

    response = owner.post(
        address, {"_form_submitted": "true"}, headers={"referer": f"http://testserver{LIST}?q=x"}
    )
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?q=x")
    assert Bot.objects.get(id=bot.id).wanted_state == wanted
    (message,) = told(response)
    assert bot.name in message
    assert LogEntry.objects.filter(object_id=str(bot.id)).count() == 1


def test_a_button_cannot_be_pressed_from_another_site(bot: Bot) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(superuser=True))
    response = strict.post(f"/admin/bots/bot/{bot.id}/start/", {"_form_submitted": "true"})
    assert response.status_code == 403
    assert Bot.objects.get(id=bot.id).wanted_state == "stopped"


def test_a_dialog_leads_back_to_the_page_that_it_lay_over(owner: Client, bot: Bot) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page_of(bot)}"}
    response = owner.post(f"/admin/bots/bot/{bot.id}/restart/", {"_form_submitted": "true"}, headers=headers)
    assert (response.status_code, response["HX-Redirect"]) == (200, page_of(bot))
    assert Bot.objects.get(id=bot.id).generation == 2


def test_nobody_is_led_to_another_site(owner: Client, bot: Bot) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://evil.example/admin/"}
    response = owner.post(f"/admin/bots/bot/{bot.id}/restart/", {"_form_submitted": "true"}, headers=headers)
    assert response["HX-Redirect"] == LIST


def test_a_button_of_a_bot_that_is_gone_leads_nowhere(owner: Client) -> None:
    assert owner.post(f"/admin/bots/bot/{uuid4()}/start/", {"_form_submitted": "true"}).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ("running", {"pause", "stop", "restart", "replace-token"}),
        ("paused", {"start", "stop", "restart", "replace-token"}),
        ("stopped", {"start", "replace-token"}),
    ],
)
def test_only_buttons_that_make_sense_are_offered(owner: Client, wanted: str, offered: set[str]) -> None:
    bot = make_bot(wanted_state=wanted)
    page = words(owner.get(page_of(bot)))
    buttons = {"start", "pause", "stop", "restart", "replace-token"}
    assert {each for each in buttons if f"/{bot.id}/{each}/" in page} == offered


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ("start_selected", "wanted_state", "running"),
        ("pause_selected", "wanted_state", "paused"),
        ("stop_selected", "wanted_state", "stopped"),
        ("restart_selected", "generation", 2),
    ],
)
def test_several_bots_are_told_at_once(owner: Client, action: str, field: str, value: object) -> None:
    bots = [make_bot(), make_bot()]
    bystander = make_bot()
    response = owner.post(LIST, {"action": action, "_selected_action": [str(bot.id) for bot in bots]})
    assert response.status_code == 302
    assert [getattr(Bot.objects.get(id=bot.id), field) for bot in bots] == [value, value]
    fresh = Bot.objects.get(id=bystander.id)
    assert (fresh.wanted_state, fresh.generation) == ("stopped", 1)


def test_bots_are_not_deleted_in_bulk(owner: Client, bot: Bot) -> None:
    assert "delete_selected" not in words(owner.get(LIST))
    owner.post(LIST, {"action": "delete_selected", "_selected_action": [str(bot.id)], "post": "yes"})
    assert Bot.objects.filter(id=bot.id).exists()


def test_a_bot_that_stands_still_can_be_deleted(owner: Client, bot: Bot) -> None:
    assert owner.get(f"/admin/bots/bot/{bot.id}/delete/").status_code == 200
    response = owner.post(f"/admin/bots/bot/{bot.id}/delete/", {"post": "yes"})
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert not Bot.objects.filter(id=bot.id).exists()


def test_a_bot_that_is_wanted_cannot_be_deleted(owner: Client) -> None:
    bot = make_bot(wanted_state="running")
    assert owner.post(f"/admin/bots/bot/{bot.id}/delete/", {"post": "yes"}).status_code == 403
    assert Bot.objects.filter(id=bot.id).exists()


def test_a_bot_that_a_process_still_holds_is_not_deleted_and_the_person_is_told(
    owner: Client, bot: Bot
) -> None:
    with database_role("runtime"):
        acquire_lease(bot_id=bot.id, holder="host:1", seconds=600)
    response = owner.post(f"/admin/bots/bot/{bot.id}/delete/", {"post": "yes"})
    assert (response.status_code, response["Location"]) == (302, page_of(bot))
    assert told(response) == [f"“{bot.name}” is still running. Stop it first, then delete it."]
    assert Bot.objects.filter(id=bot.id).exists()


def test_staff_see_the_bots_that_were_given_to_them_and_no_other(bot: Bot, other_bot: Bot) -> None:
    coach = browser(make_coach(bot))
    page = words(coach.get(LIST))
    assert bot.slug in page or bot.username in page
    assert other_bot.username not in page
    assert coach.get(page_of(bot)).status_code == 200
    assert coach.get(page_of(other_bot)).status_code == 404


def test_staff_who_may_only_look_cannot_act(bot: Bot) -> None:
    coach = browser(make_coach(bot))
    assert coach.post(f"/admin/bots/bot/{bot.id}/start/", {"_form_submitted": "true"}).status_code == 403
    assert coach.post(page_of(bot), changed(bot, name="x")).status_code == 403
    assert coach.get(ADD).status_code == 403
    assert coach.post(f"/admin/bots/bot/{bot.id}/delete/", {"post": "yes"}).status_code == 403
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.wanted_state, fresh.name) == ("stopped", bot.name)


def test_staff_with_the_permission_act_on_their_bots_alone(bot: Bot, other_bot: Bot) -> None:
    coach = browser(make_coach(bot, permissions=("change_bot",)))
    for each, status in ((bot, 302), (other_bot, 404)):
        response = coach.post(f"/admin/bots/bot/{each.id}/start/", {"_form_submitted": "true"})
        assert response.status_code == status
    chosen = [str(bot.id), str(other_bot.id)]
    response = coach.post(LIST, {"action": "restart_selected", "_selected_action": chosen})
    assert response.status_code == 404

    mine, foreign = Bot.objects.get(id=bot.id), Bot.objects.get(id=other_bot.id)
    assert (mine.wanted_state, mine.generation) == ("running", 1)
    assert (foreign.wanted_state, foreign.generation) == ("stopped", 1)
    coach.post(LIST, {"action": "restart_selected", "_selected_action": [str(bot.id)]})
    assert Bot.objects.get(id=bot.id).generation == 2


def test_only_owners_give_access(owner: Client, bot: Bot) -> None:
    person, other_owner = make_user(), make_user(superuser=True)
    given = {
        "staff_access-TOTAL_FORMS": "1",
        "staff_access-0-id": "",
        "staff_access-0-bot": str(bot.id),
        "staff_access-0-user": str(person.pk),
        "staff_access-0-role": "coach",
    }
    page = words(owner.get(page_of(bot)))
    assert f'<option value="{person.pk}">' in page
    assert f'<option value="{other_owner.pk}">' not in page

    coach = browser(make_coach(bot, permissions=("change_bot", "add_botaccess", "change_botaccess")))
    coach.post(page_of(bot), changed(bot, **given))
    assert not BotAccess.objects.filter(user=person).exists()

    assert owner.post(page_of(bot), changed(bot, **given)).status_code == 302
    assert BotAccess.objects.filter(user=person, bot=bot).count() == 1


def test_the_page_of_a_bot_takes_as_many_questions_for_many_people_with_access_as_for_one(
    owner: Client, bot: Bot
) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(page_of(bot)).status_code == 200
        return len(queries)

    make_coach(bot)
    questions()
    one = questions()
    for _ in range(5):
        make_coach(bot)
    assert questions() == one


def test_who_is_no_staff_sees_nothing(bot: Bot) -> None:
    assert browser(make_user(staff=False)).get(page_of(bot)).status_code == 302
