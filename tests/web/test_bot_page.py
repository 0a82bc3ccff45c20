"""A bot's own page: how it is and was, its settings, and two people who change them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from bots.admin import board
from bots.admin.bot_doors import is_on_sandbox, talk_address
from bots.admin.bot_page import lasted, percent
from bots.models import Bot, BotPeriod, BotStatus, Persona
from bots.roles import Role
from bots.services.observe_state import observe_state
from bots.services.record_polls import record_polls
from bots.services.update_bot import update_bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from tests.cast import make_bot
from tests.fixtures.database import database_role
from tests.web.people import browser, make_coach, make_user
from tests.web.test_bots_admin import changed, page_of

HOSTILE = """<script>alert("1")</script>'"&"""
MOST = 16


def words(client: Client, bot: Bot) -> str:
    response = client.get(page_of(bot))
    assert response.status_code == 200
    return response.content.decode()


def was(bot: Bot, *periods: tuple[str, float, float, str]) -> None:
    """States as `(state, days ago since, days ago until, error)`."""
    now = clock.now()
    with database_role("runtime"), in_bot(bot.id):
        for state, since, until, error in periods:
            end = now - timedelta(days=until)
            BotPeriod.objects.create(
                bot_id=bot.id,
                state=state,
                since=now - timedelta(days=since),
                until=end,
                heard_at=end,
                error=error,
            )


def uptimes(page: str) -> list[str]:
    return [each.replace("\u202f", " ") for each in re.findall(r"</span><strong>([^<]*)</strong>", page)]


def running(bot: Bot, *, days: float, clock: Clock) -> None:
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state="running")
        BotStatus.objects.filter(bot=bot).update(
            state_since=clock.now() - timedelta(days=days), last_poll_at=clock.now()
        )


def test_how_a_bot_is_and_was_stands_above_its_settings(owner: Client, stopped_clock: Clock) -> None:
    bot = make_bot(name="Vera P", wanted_state="running", daily_budget_usd=5.0, timezone="Europe/Berlin")
    running(bot, days=3, clock=stopped_clock)
    was(bot, ("deaf", 4, 3, "no answer"), ("running", 7, 4, ""))

    page = words(owner, bot)

    assert uptimes(page) == ["100 %", "85.71 %", "85.71 %"]
    assert page.count("<title>") == 1 + 96 + 84 + 90
    assert "27 Feb 13:00" in page
    assert "1 d 0 h" in page
    assert "no answer" in page
    assert "of $5.00" in page
    assert "Europe/Berlin" in page
    for name in ("state", "poll", "update", "waiting", "errors", "cost", "restarts", "holder"):
        assert f'data-live="{bot.id}:{name}"' in page
    assert f'href="https://t.me/{bot.username}"' in page


def test_who_died_without_a_word_was_silent(owner: Client, stopped_clock: Clock) -> None:
    bot = make_bot(wanted_state="running")
    running(bot, days=2, clock=stopped_clock)
    with database_role("runtime"):
        BotStatus.objects.filter(bot=bot).update(last_poll_at=stopped_clock.now() - timedelta(hours=6))
    page = words(owner, bot)
    assert "silent: its process had ended" in page
    assert uptimes(page)[0] == "75.00 %"


def test_a_bot_that_never_ran_has_no_uptime_and_no_trouble(owner: Client, bot: Bot) -> None:
    page = words(owner, bot)
    assert uptimes(page) == ["–", "–", "–"]
    assert "Nothing was wrong within 30 days" in page


def test_only_the_newest_troubles_are_told(owner: Client, bot: Bot) -> None:
    was(bot, *((("deaf"), 20 - each, 19.9 - each, f"trouble {each}") for each in range(12)))
    page = words(owner, bot)
    assert "trouble 11" in page
    assert "trouble 1<" not in page
    assert "and 2 more within 30 days" in page


def test_what_errors_say_is_words(owner: Client) -> None:
    bot = make_bot(name=HOSTILE, username="<i>x")
    was(bot, ("crashed", 2, 1, HOSTILE))
    page = words(owner, bot)
    assert "<script>alert" not in page
    assert "<i>x" not in page
    assert page.count("&lt;script&gt;alert(&quot;1&quot;)") >= 3


def test_a_time_zone_that_nobody_knows_is_no_obstacle(owner: Client) -> None:
    assert ">UTC</li>" in words(owner, make_bot(timezone="Nowhere/At_all"))


def test_the_page_of_a_bot_without_a_status_is_shown(owner: Client, bot: Bot) -> None:
    bot.status.delete()
    assert "stopped" in words(owner, bot)
    # Other tests count bots by their statuses.
    BotStatus.objects.create(bot=bot)


def test_the_commands_are_those_of_its_menu_in_its_language(owner: Client) -> None:
    page = words(owner, make_bot(language="ru"))
    assert "<dt>/natasha</dt><dd>" in page
    assert "<dt>/my_journey</dt><dd>" in page
    assert re.search(r"<dt>/stats <span[^>]*>admins</span></dt>", page)
    assert "&amp;quot;" not in page


def test_whoever_may_only_look_sees_how_it_is_and_changes_nothing(bot: Bot, other_bot: Bot) -> None:
    was(bot, ("running", 2, 1, ""))
    for role in (Role.ANALYST, Role.READ_ONLY):
        client = browser(make_coach(bot, role=role))
        page = words(client, bot)
        assert uptimes(page)[2] == "100 %"
        assert 'name="seen"' not in page or 'name="_save"' not in page
        assert client.get(page_of(other_bot)).status_code == 404
        assert client.post(page_of(bot), changed(bot, name="x")).status_code == 403


def test_the_page_asks_no_more_for_a_long_history(owner: Client, bot: Bot) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(page_of(bot)).status_code == 200
        return len([each for each in queries if " FROM " in each["sql"]])

    was(bot, ("running", 2, 1, ""))
    questions()
    few = questions()
    was(bot, *(("running" if each % 2 else "deaf", 20 - each, 19 - each, "") for each in range(15)))
    assert questions() == few <= MOST


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "–"), (1.0, "100 %"), (0.99999, "99.99 %"), (0.5, "50.00 %"), (0.0, "0.00 %")],
)
def test_nearly_always_is_not_always(share: float | None, said: str) -> None:
    assert percent(share).replace("\u202f", " ") == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "5 s"), (90, "1 min"), (3 * 3600 + 120, "3 h 2 min"), (2 * 86_400 + 7200, "2 d 2 h")],
)
def test_lengths_are_told_about(seconds: int, said: str) -> None:
    assert lasted(timedelta(seconds=seconds)) == said


def test_one_talks_to_a_bot_where_it_lives(settings: Settings, bot: Bot) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8081/"
    assert talk_address(bot) == f"https://t.me/{bot.username}"
    bot.api_url = "http://localhost:8081"
    assert talk_address(bot) == f"/sandbox#{bot.username}" or talk_address(bot).endswith(f"#{bot.username}")
    bot.username = ""
    assert talk_address(bot) == ""
    assert not is_on_sandbox("http://127.0.0.1:nonsense")
    assert not is_on_sandbox("http://127.0.0.1:8082")
    settings.SANDBOX_URL = ""
    assert not is_on_sandbox("http://127.0.0.1:8081")


def test_rooms_that_say_nothing_leave_nothing(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "_sources", board._Sources())
    assert board.figures_of([bot.id], since=clock.now()) == {bot.id: board.Figures()}
    assert board.commands_of(bot) == ()


# Two people with one page open


def seen(client: Client, bot: Bot) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', words(client, bot))
    assert found
    return unescape(found[1])


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {
        name: [str(each) for each in said] for name, said in response.context["adminform"].form.errors.items()
    }


def person(bot: Bot, name: str) -> Client:
    user = make_coach(bot, role=Role.MANAGER)
    User.objects.filter(pk=user.pk).update(first_name=name, last_name="K.")
    return browser(user)


def test_whoever_saves_second_is_told_what_the_first_has_changed(bot: Bot) -> None:
    anna, boris = person(bot, "Anna"), person(bot, "Boris")
    shown = seen(boris, bot)
    persona = Persona.objects.create(slug=f"two-{bot.slug}", name="Mild")
    sent = changed(bot, name="Anna's", persona=str(persona.id), seen=seen(anna, bot))
    assert anna.post(page_of(bot), sent).status_code == 302

    response = boris.post(page_of(bot), changed(bot, language="ru", daily_budget_usd="3", seen=shown))

    told = errors(response)
    assert set(told) == {"__all__", "name", "persona"}
    assert told["__all__"][0].startswith("While you had this page open, Anna K. changed: name, persona.")
    assert told["name"] == ["Changed meanwhile to: Anna's"]
    assert told["persona"] == ["Changed meanwhile to: Mild"]
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.name, fresh.persona, fresh.language, fresh.daily_budget_usd) == (
        "Anna's",
        persona,
        "en",
        None,
    )

    # What was typed is still there; saving once more is a decision.
    page = response.content.decode()
    assert '<option value="ru" selected>' in page
    again = unescape(re.search(r'name="seen" value="([^"]*)"', page)[1])  # type: ignore[index]
    assert again != shown
    sent = changed(bot, language="ru", daily_budget_usd="3", seen=again)
    assert boris.post(page_of(bot), sent).status_code == 302
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.name, fresh.persona, fresh.language, fresh.daily_budget_usd) == (bot.name, None, "ru", 3.0)


def test_a_third_change_meanwhile_is_told_again(bot: Bot) -> None:
    boris = person(bot, "Boris")
    shown = seen(boris, bot)
    update_bot(bot_id=bot.id, name="One")
    response = boris.post(page_of(bot), changed(bot, seen=shown))
    assert "somebody changed: name" in errors(response)["__all__"][0]
    update_bot(bot_id=bot.id, name="Two")
    again = unescape(re.search(r'name="seen" value="([^"]*)"', response.content.decode())[1])  # type: ignore[index]
    assert errors(boris.post(page_of(bot), changed(bot, seen=again)))["name"] == ["Changed meanwhile to: Two"]
    assert Bot.objects.get(id=bot.id).name == "Two"


def test_ones_own_other_window_counts_as_well(bot: Bot) -> None:
    anna = person(bot, "Anna")
    shown = seen(anna, bot)
    anna.post(page_of(bot), changed(bot, name="Mine", seen=shown))
    response = anna.post(page_of(bot), changed(bot, seen=shown))
    assert "you, in another window, changed: name" in errors(response)["__all__"][0]


def test_what_others_do_elsewhere_is_no_obstacle(bot: Bot, owner: Client) -> None:
    anna = person(bot, "Anna")
    shown = seen(anna, bot)
    owner.post(f"/admin/bots/bot/{bot.id}/restart/", {"_form_submitted": "true"})
    owner.post(f"/admin/bots/bot/{bot.id}/start/", {"_form_submitted": "true"})
    assert anna.post(page_of(bot), changed(bot, name="Saved", seen=shown)).status_code == 302
    fresh = Bot.objects.get(id=bot.id)
    assert (fresh.name, fresh.wanted_state) == ("Saved", "running")


def test_a_key_or_a_list_that_was_changed_is_told_without_its_secret(bot: Bot, owner: Client) -> None:
    shown = seen(owner, bot)
    other = browser(make_user(superuser=True))
    sent = changed(
        bot, model_key="sk-0123456789abcdefgh", admin_telegram_ids="11,12", config='{"greeting": "x"}'
    )
    assert other.post(page_of(bot), sent | {"seen": seen(other, bot)}).status_code == 302
    response = owner.post(page_of(bot), changed(bot, seen=shown))
    told = errors(response)
    assert told["model_key"] == ["Changed meanwhile to: …efgh"]
    assert told["admin_telegram_ids"] == ["Changed meanwhile to: 11, 12"]
    assert told["config"] == ['Changed meanwhile to: {"greeting": "x"}']
    assert "sk-0123456789" not in response.content.decode()


def test_what_the_other_has_typed_is_words(bot: Bot, owner: Client) -> None:
    shown = seen(owner, bot)
    update_bot(bot_id=bot.id, name=f"{HOSTILE}{'x' * 60}")
    page = owner.post(page_of(bot), changed(bot, seen=shown)).content.decode()
    assert "<script>alert" not in page
    assert "Changed meanwhile to: &lt;script&gt;" in page


@pytest.mark.parametrize("shown", ["", "nonsense", "[1]", '{"name": 5}', "\x00"])
def test_marks_that_make_no_sense_lose_nothing(bot: Bot, owner: Client, shown: str) -> None:
    response = owner.post(page_of(bot), changed(bot, name="Saved", seen=shown))
    assert response.status_code in {200, 302}
    assert Bot.objects.get(id=bot.id).name == ("Saved" if response.status_code == 302 else bot.name)


def test_record_of_polls_moves_the_page(owner: Client) -> None:
    bot = make_bot(wanted_state="running")
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state="running")
        record_polls(polls={bot.id: (clock.now(), clock.now())})
    assert 'class="bot-state is-good"' in words(owner, bot)


def test_who_may_not_open_a_persona_reads_its_name(bot: Bot) -> None:
    persona = Persona.objects.create(slug=f"three-{bot.slug}", name=HOSTILE)
    Bot.objects.filter(id=bot.id).update(persona=persona)
    door = f"/admin/bots/persona/{persona.id}/change/"
    analyst, manager = (browser(make_coach(bot, role=role)) for role in (Role.ANALYST, Role.MANAGER))
    page = words(analyst, bot)
    assert door not in page
    assert "&lt;script&gt;" in page
    assert analyst.get(door).status_code in {403, 404}
    assert f'value="{persona.id}" selected' in words(manager, bot)
