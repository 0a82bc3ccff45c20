from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot, BotAccess, BotMetricDay
from core.tenancy import in_bot
from events.models import Event
from events.services.record_event import record_event
from tests.cast import make_bot
from tests.web.people import browser, make_coach, make_user

EVENTS, FIGURES = "/admin/events/event/", "/admin/bots/botmetricday/"


def happen(bot: Bot, kind: str, **payload: Any) -> None:
    with in_bot(bot.id):
        record_event(bot_id=bot.id, kind=kind, payload=payload)


def figure(bot: Bot, name: str, *, count: int = 4) -> None:
    with in_bot(bot.id):
        BotMetricDay.objects.create(
            bot=bot, day=date(2026, 3, 2), name=name, count=count, total=10.0, largest=7.5
        )


@pytest.mark.parametrize(("address", "record"), [(EVENTS, happen), (FIGURES, figure)])
def test_staff_see_what_belongs_to_their_bots_and_nothing_else(
    bot: Bot, other_bot: Bot, address: str, record: Any
) -> None:
    record(bot, "mine.happened")
    record(other_bot, "foreign.happened")
    page = browser(make_coach(bot)).get(address).content.decode()
    assert "mine.happened" in page
    assert "foreign.happened" not in page
    assert other_bot.name not in page


def test_an_event_shows_its_details_and_can_be_opened_but_not_changed(bot: Bot) -> None:
    happen(bot, "bot.state_changed", **{"from": "starting", "to": "<b>running</b>"})
    coach = browser(make_coach(bot))
    page = coach.get(EVENTS).content.decode()
    assert "to: &lt;b&gt;running&lt;/b&gt;" in page
    with in_bot(bot.id):
        event = Event.objects.for_bot(bot.id).get()
    assert coach.get(f"{EVENTS}{event.id}/change/").status_code == 200
    assert coach.post(f"{EVENTS}{event.id}/change/", {"kind": "x"}).status_code == 403
    assert coach.post(f"{EVENTS}{event.id}/delete/", {"post": "yes"}).status_code == 403
    assert coach.get(f"{EVENTS}add/").status_code == 403


@pytest.mark.parametrize(("address", "record"), [(EVENTS, happen), (FIGURES, figure)])
def test_lists_can_be_narrowed_to_one_bot(bot: Bot, other_bot: Bot, address: str, record: Any) -> None:
    record(bot, "of.the.first")
    record(other_bot, "of.the.second")
    page = browser(make_coach(bot, other_bot)).get(address, {"bot": bot.slug}).content.decode()
    assert "of.the.first" in page
    assert "of.the.second" not in page


def test_a_figure_shows_its_mean(bot: Bot) -> None:
    figure(bot, "turn_seconds")
    figure(bot, "nothing", count=0)
    page = browser(make_coach(bot)).get(FIGURES).content.decode()
    assert "2.500" in page
    assert "turn_seconds" in page


@pytest.mark.parametrize(("address", "record"), [(EVENTS, happen), (FIGURES, figure)])
def test_many_rows_of_many_bots_take_as_many_questions_as_few(address: str, record: Any) -> None:
    bots = [make_bot() for _ in range(6)]
    coach = browser(make_coach(*bots))

    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert coach.get(address).status_code == 200
        return len(queries)

    record(bots[0], "happened")
    questions()
    few = questions()
    for bot in bots[1:]:
        record(bot, "happened")
    assert questions() == few


def test_accounts_are_looked_after_by_owners_alone(owner: Client, bot: Bot) -> None:
    person = make_user()
    coach = browser(make_coach(bot, permissions=("change_bot",)))
    for address in ("/admin/auth/user/", "/admin/auth/group/", f"/admin/auth/user/{person.pk}/change/"):
        assert owner.get(address).status_code == 200
        assert coach.get(address).status_code == 403
    assert owner.get("/admin/auth/user/add/").status_code == 200


def test_an_owner_gives_a_bot_on_the_page_of_a_person(owner: Client, bot: Bot) -> None:
    person = make_user()
    response = owner.post(
        f"/admin/auth/user/{person.pk}/change/",
        {
            "username": person.username,
            "is_active": "on",
            "is_staff": "on",
            "date_joined_0": "2026-01-01",
            "date_joined_1": "00:00:00",
            "bot_access-TOTAL_FORMS": "1",
            "bot_access-INITIAL_FORMS": "0",
            "bot_access-0-user": str(person.pk),
            "bot_access-0-bot": str(bot.id),
            "bot_access-0-role": "analyst",
        },
    )
    assert response.status_code == 302
    assert BotAccess.objects.get(user=person, bot=bot).role == "analyst"
