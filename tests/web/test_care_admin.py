"""Rounds over people's portraits and what the bots said by themselves, as staff read of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot
from care.models import ProactiveMessage, RotationRun
from core.clock import Clock, clock
from core.tenancy import in_bot
from tests.cast import make_bot, make_profile
from tests.web.people import browser, make_coach, make_user

RUNS, WORDS = "/admin/care/rotationrun/", "/admin/care/proactivemessage/"
REFRESH = f"{RUNS}refresh/"
SENT = {"_form_submitted": "true"}
HOSTILE = '<script>alert("x")</script>\u202egnirts'
ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"


def make_run(bot: Bot, **fields: Any) -> RotationRun:
    now = clock.now()
    with in_bot(bot.id):
        return RotationRun.objects.create(
            bot=bot,
            **{
                "trigger": "daily",
                "state": "done",
                "candidates": 20,
                "processed": 18,
                "updated": 15,
                "skipped": 2,
                "failed": 1,
                "prompt_tokens": 12_000,
                "completion_tokens": 345,
                "cost_micros": 56_700,
                "wanted_at": now,
                "started_at": now,
                "ended_at": now + timedelta(seconds=42),
                **fields,
            },
        )


def make_word(bot: Bot, **fields: Any) -> ProactiveMessage:
    """Something that the bot said by itself, to somebody with a name of their own."""
    person = make_profile(bot, first_name="Wilhelmina")
    with in_bot(bot.id):
        return ProactiveMessage.objects.create(
            bot=bot,
            profile=person,
            **{
                "kind": "morning",
                "cause": "morning:2026-03-02",
                "local_day": date(2026, 3, 2),
                "created_at": clock.now(),
                **fields,
            },
        )


def page(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def shown(client: Client, address: str, **query: str) -> list[Any]:
    """The ids of the rows on the page, from top to bottom."""
    response = client.get(address, query)
    assert response.status_code == 200
    return [row.id for row in response.context["cl"].result_list]


def questions(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def runs(bot: Bot) -> list[tuple[str, str, bool]]:
    with in_bot(bot.id):
        rows = RotationRun.objects.for_bot(bot.id).order_by("wanted_at", "id")
        return list(rows.values_list("trigger", "state", "is_for_all"))


def refresh(client: Client, bot: Bot, **typed: str) -> tuple[int, list[str]]:
    """Press the button and send its form; the status, and what is said then."""
    response = client.post(REFRESH, {**SENT, "bot": str(bot.id), **typed})
    return response.status_code, [str(each) for each in get_messages(response.wsgi_request)]


# Rounds


def test_a_round_is_told_in_figures(bot: Bot, stopped_clock: Clock) -> None:
    run = make_run(bot, note="the budget is spent", state="over_budget")
    coach = browser(make_coach(bot))
    listed = page(coach, RUNS)
    for words in (
        bot.name,
        "budget spent",
        "daily rotation",
        "18 / 20",
        "15 · 2 · 1",
        "12 345",
        "$0.0567",
        "42 s",
    ):
        assert words in listed, words
    detail = page(coach, f"{RUNS}{run.id}/change/")
    for words in (bot.name, "budget spent", "the budget is spent", "12000", "345", "$0.0567"):
        assert words in detail, words


@pytest.mark.parametrize("state", ["wanted", "running", "done", "stopped", "over_budget", "failed"])
def test_a_round_has_a_page_in_every_state(bot: Bot, stopped_clock: Clock, state: str) -> None:
    begun = {} if state != "wanted" else {"started_at": None, "processed": 0, "candidates": 0}
    ended = {} if state not in ("wanted", "running") else {"ended_at": None}
    run = make_run(bot, state=state, **begun, **ended)
    coach = browser(make_coach(bot))
    listed = page(coach, RUNS)
    assert str(RotationRun(state=state).get_state_display()) in listed
    assert ("42 s" in listed) is (not ended)
    assert ("18 / 20" in listed) is (not begun)
    assert run.get_state_display() in page(coach, f"{RUNS}{run.id}/change/")


def test_the_newest_round_comes_first_and_the_list_can_be_narrowed(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    now = clock.now()
    old = make_run(bot, wanted_at=now - timedelta(days=2), state="failed")
    new = make_run(other_bot, wanted_at=now - timedelta(days=1), trigger="telegram")
    newest = make_run(bot, wanted_at=now, trigger="staff")
    coach = browser(make_coach(bot, other_bot))
    assert shown(coach, RUNS) == [newest.id, new.id, old.id]
    assert shown(coach, RUNS, bot=other_bot.slug) == [new.id]
    assert shown(coach, RUNS, state__exact="failed") == [old.id]
    assert shown(coach, RUNS, trigger__exact="staff") == [newest.id]


def test_rounds_of_bots_that_one_does_not_see_are_not_there(bot: Bot, other_bot: Bot) -> None:
    mine, foreign = make_run(bot), make_run(other_bot, note="not for others")
    coach = browser(make_coach(bot))
    assert shown(coach, RUNS) == [mine.id]
    assert other_bot.name not in page(coach, RUNS)
    assert shown(coach, RUNS, bot=other_bot.slug) == []
    response = coach.get(f"{RUNS}{foreign.id}/change/")
    assert response.status_code == 404
    assert "not for others" not in response.content.decode()
    assert shown(browser(make_coach()), RUNS) == []
    assert coach.get(f"{RUNS}nonsense/change/").status_code == 404


def test_what_stands_in_a_row_is_only_shown(stopped_clock: Clock) -> None:
    bot = make_bot(name=HOSTILE)
    run = make_run(bot, note=HOSTILE, state="failed")
    coach = browser(make_coach(bot))
    for address in (RUNS, f"{RUNS}{run.id}/change/"):
        html = page(coach, address)
        assert "<script>alert(" not in html
        assert ESCAPED in html


def test_nothing_of_a_round_can_be_changed_by_hand(owner: Client, bot: Bot) -> None:
    run = make_run(bot)
    address = f"{RUNS}{run.id}/"
    assert owner.get(f"{RUNS}add/").status_code == 403
    assert owner.post(f"{address}change/", {"state": "failed"}).status_code == 403
    assert owner.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": str(run.id), "post": "yes"}
    owner.post(RUNS, action)
    assert runs(bot) == [("daily", "done", False)]


def test_a_page_of_many_takes_as_many_questions_as_one_of_few(bot: Bot, other_bot: Bot) -> None:
    coach = browser(make_coach(bot, other_bot))
    make_run(bot)
    make_word(bot)
    page(coach, RUNS)
    few = [questions(coach, address) for address in (RUNS, WORDS)]
    for number in range(12):
        make_run((bot, other_bot)[number % 2])
        make_word((bot, other_bot)[number % 2], cause=f"morning:{number}")
    assert [questions(coach, address) for address in (RUNS, WORDS)] == few


# The button


def test_staff_ask_for_a_round_over_a_bots_people(bot: Bot) -> None:
    coach = browser(make_coach(bot))
    assert refresh(coach, bot) == (302, [f"The portraits of “{bot.name}” are being refreshed."])
    assert runs(bot) == [("staff", "wanted", False)]


def test_staff_may_ask_for_everybody(bot: Bot) -> None:
    refresh(browser(make_coach(bot)), bot, everybody="on")
    assert runs(bot) == [("staff", "wanted", True)]


@pytest.mark.parametrize("state", ["wanted", "running"])
def test_a_round_that_is_under_way_is_not_begun_twice(bot: Bot, state: str) -> None:
    make_run(bot, state=state, ended_at=None)
    said = f"A round over the people of “{bot.name}” is under way already."
    assert refresh(browser(make_coach(bot)), bot) == (302, [said])
    assert runs(bot) == [("daily", state, False)]


def test_the_dialog_offers_the_bots_that_one_sees_and_begins_nothing(bot: Bot, other_bot: Bot) -> None:
    coach = browser(make_coach(bot))
    dialog = page(coach, REFRESH)
    assert str(bot.id) in dialog
    assert str(other_bot.id) not in dialog
    assert "begins within a minute" in dialog
    assert runs(bot) == []


def test_nobody_begins_a_round_of_a_bot_that_they_do_not_see(bot: Bot, other_bot: Bot) -> None:
    coach = browser(make_coach(bot))
    status, said = refresh(coach, other_bot)
    assert (status, said) == (200, [])
    assert runs(other_bot) == []
    assert coach.post(REFRESH, {**SENT, "bot": "nonsense"}).status_code == 200


def test_who_is_no_staff_reads_and_begins_nothing(bot: Bot) -> None:
    run = make_run(bot)
    word = make_word(bot)
    anybody = browser(make_user(staff=False))
    for address in (RUNS, f"{RUNS}{run.id}/change/", WORDS, f"{WORDS}{word.id}/change/", REFRESH):
        assert anybody.get(address).status_code == 302
    assert refresh(anybody, bot)[0] == 302
    assert runs(bot) == [("daily", "done", False)]


# First words


def test_what_a_bot_said_by_itself_is_told_without_saying_to_whom(bot: Bot, stopped_clock: Clock) -> None:
    word = make_word(bot)
    coach = browser(make_coach(bot))
    for address in (WORDS, f"{WORDS}{word.id}/change/"):
        html = page(coach, address)
        for words in (bot.name, word.get_kind_display(), "March 2, 2026"):
            assert words in html, words
        assert "Wilhelmina" not in html
        assert str(word.profile_id) not in html


def test_first_words_of_other_bots_are_not_there(bot: Bot, other_bot: Bot, stopped_clock: Clock) -> None:
    now = clock.now()
    older = make_word(bot, kind="silence", cause="a", created_at=now - timedelta(hours=1))
    newer, foreign = make_word(bot), make_word(other_bot)
    coach = browser(make_coach(bot))
    assert shown(coach, WORDS) == [newer.id, older.id]
    assert shown(coach, WORDS, kind__exact="silence") == [older.id]
    assert coach.get(f"{WORDS}{foreign.id}/change/").status_code == 404
    both = browser(make_coach(bot, other_bot))
    assert shown(both, WORDS, bot=other_bot.slug) == [foreign.id]


def test_first_words_can_be_neither_made_nor_unmade(owner: Client, bot: Bot) -> None:
    word = make_word(bot)
    assert owner.get(f"{WORDS}add/").status_code == 403
    assert owner.post(f"{WORDS}{word.id}/change/", {"kind": "stage"}).status_code == 403
    assert owner.post(f"{WORDS}{word.id}/delete/", {"post": "yes"}).status_code == 403
    assert shown(owner, WORDS, bot=bot.slug) == [word.id]


def test_both_stand_in_the_sidebar(bot: Bot) -> None:
    groups = browser(make_coach(bot)).get("/admin/").context["sidebar_navigation"]
    links = {str(item["link"]) for group in groups for item in group["items"]}
    assert {RUNS, WORDS} <= links
