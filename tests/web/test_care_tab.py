"""What staff set of a bot's care, on the bot's page."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.test import Client

from bots.contracts import MetricSample
from bots.models import Bot
from bots.services.flush_metrics import flush_metrics
from core.clock import clock
from core.tenancy import in_bot
from tests.bots.notifications import heard_by
from tests.cast import make_bot
from tests.fixtures.database import database_role
from tests.web.people import browser, make_coach
from tests.web.test_bots_admin import changed, page_of, words


def care_of(bot: Bot) -> tuple[Any, ...]:
    fresh = Bot.objects.get(id=bot.id)
    return (
        fresh.proactive_off,
        fresh.timezone,
        (fresh.proactive_a_day, fresh.proactive_from, fresh.proactive_until),
        (fresh.daily_budget_usd, fresh.rotation_budget_usd),
        fresh.platform_url,
    )


UNTOUCHED = ([], "Europe/Moscow", (2, 9, 21), (None, None), "")


def test_what_was_set_is_kept_and_told_to_the_runtime_without_a_fresh_start(
    owner: Client, bot: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    form = changed(
        bot,
        timezone="Asia/Almaty",
        proactive_a_day="1",
        proactive_from="8",
        proactive_until="24",
        daily_budget_usd="5.5",
        rotation_budget_usd="0.25",
        platform_url="https://platform.example/start",
    )
    del form["starts_stage"]
    with heard_by(owner_database) as heard:
        assert owner.post(page_of(bot), form).status_code == 302
        assert heard() == [str(bot.id)]
    assert care_of(bot) == (
        ["stage"],
        "Asia/Almaty",
        (1, 8, 24),
        (5.5, 0.25),
        "https://platform.example/start",
    )
    assert Bot.objects.get(id=bot.id).generation == 1


def test_switches_show_what_is_on_and_turn_it_on_again(owner: Client) -> None:
    bot = make_bot(proactive_off=["silence", "morning"])
    fields = owner.get(page_of(bot)).context["adminform"].form.initial
    assert (fields["starts_silence"], fields["starts_stage"], fields["starts_morning"]) == (
        False,
        True,
        False,
    )
    form = changed(bot)
    del form["starts_morning"]
    owner.post(page_of(bot), form)
    assert care_of(bot)[0] == ["morning"]


def test_everything_can_be_off(owner: Client, bot: Bot) -> None:
    form = changed(bot)
    for name in ("starts_silence", "starts_stage", "starts_morning"):
        del form[name]
    owner.post(page_of(bot), form)
    assert care_of(bot)[0] == ["silence", "stage", "morning"]


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"timezone": "Europe/Atlantis"}, "timezone", "There is no time zone “Europe/Atlantis”"),
        ({"proactive_from": "21", "proactive_until": "9"}, "proactive_until", "there are no hours"),
        ({"proactive_from": "9", "proactive_until": "9"}, "proactive_until", "there are no hours"),
        ({"proactive_until": "25"}, "proactive_until", "less than or equal to 24"),
        ({"proactive_a_day": "11"}, "proactive_a_day", "less than or equal to 10"),
        ({"daily_budget_usd": "-1"}, "daily_budget_usd", "greater than or equal to 0"),
        ({"platform_url": "javascript:alert(1)"}, "platform_url", "Enter a valid URL"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field_and_nothing_changes(
    owner: Client, bot: Bot, fields: dict[str, str], field: str, said: str
) -> None:
    response = owner.post(page_of(bot), changed(bot, name="Changed all the same", **fields))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors.keys() == {field}
    assert said in words(response).replace("&lt;", "<")
    assert care_of(bot) == UNTOUCHED
    assert Bot.objects.get(id=bot.id).name == bot.name


def test_time_zones_are_offered_while_one_types(owner: Client, bot: Bot) -> None:
    page = words(owner.get(page_of(bot)))
    assert 'list="timezone-zones"' in page
    assert '<option value="Asia/Yekaterinburg">' in page
    assert '<option value="UTC">' in page
    assert '<option value="Etc/GMT+5">' not in page


def test_the_page_says_what_was_spent_today(owner: Client, bot: Bot) -> None:
    with database_role("runtime"), in_bot(bot.id):
        now = clock.now()
        flush_metrics(
            samples=[
                MetricSample(bot.id, "model_cost_micros", now, 9, 1_234_000.0, 9.0),
                MetricSample(bot.id, "rotation_cost_micros", now, 1, 250_000.0, 9.0),
            ]
        )
    assert "1.23 USD, of it 0.25 for keeping profiles" in words(owner.get(page_of(bot)))


def test_who_may_only_look_sees_what_is_on_and_changes_nothing(bot: Bot) -> None:
    Bot.objects.filter(id=bot.id).update(proactive_off=["stage"])
    coach = browser(make_coach(bot))
    page = words(coach.get(page_of(bot)))
    assert "Europe/Moscow" in page
    assert 'name="starts_stage"' not in page
    assert coach.post(page_of(bot), changed(bot, timezone="UTC")).status_code == 403
    assert care_of(bot)[1] == "Europe/Moscow"
