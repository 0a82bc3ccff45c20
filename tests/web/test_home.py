from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from bots.models import Bot
from bots.services.observe_state import observe_state
from tests.cast import make_bot
from tests.fixtures.database import database_role
from tests.web.people import browser, make_coach


def counts(context: Any) -> list[int]:
    return [count["value"] for count in context["bot_counts"]]


def test_the_first_page_shows_a_persons_bots_those_that_are_not_well_first() -> None:
    well = make_bot(name="Aaa well", wanted_state="running")
    deaf = make_bot(name="Zzz deaf", wanted_state="running")
    stopped = make_bot(name="Aaa stopped")
    with database_role("runtime"):
        observe_state(bot_id=deaf.id, state="deaf", error="<i>silence</i>")

    response = browser(make_coach(well, deaf, stopped)).get("/admin/")

    assert response.status_code == 200
    assert counts(response.context) == [1, 1, 1]
    page = response.content.decode()
    assert page.index("Zzz deaf") < page.index("Aaa well") < page.index("Aaa stopped")
    assert "&lt;i&gt;silence&lt;/i&gt;" in page
    assert "Add a bot" not in page


def test_who_sees_no_bot_is_told_so(bot: Bot) -> None:
    response = browser(make_coach()).get("/admin/")
    assert counts(response.context) == [0, 0, 0]
    assert bot.name not in response.content.decode()
    assert "no bots here yet" in response.content.decode()


def test_owners_may_add_a_bot_and_are_led_to_the_sandbox(owner: Client, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8081"
    page = owner.get("/admin/").content.decode()
    assert 'href="/admin/bots/bot/add/"' in page
    assert "Talk to a bot in the sandbox" in page

    settings.SANDBOX_URL = ""
    assert "Talk to a bot in the sandbox" not in owner.get("/admin/").content.decode()


def test_many_bots_take_as_many_questions_as_few_and_the_rest_is_counted(owner: Client) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            owner.get("/admin/")
        return len(queries)

    questions()
    few = questions()
    for _ in range(15):
        make_bot()
    assert questions() == few
    response = owner.get("/admin/")
    assert len(response.context["bot_table"]["rows"]) == 12
    assert response.context["more_bots"] == Bot.objects.count() - 12
