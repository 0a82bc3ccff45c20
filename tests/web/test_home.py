"""The first page as the browser gets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from bots.contracts import MetricSample
from bots.models import Bot, Persona
from bots.roles import Role
from bots.services.flush_metrics import flush_metrics
from bots.services.observe_state import observe_state
from bots.services.publish_prompt import publish_prompt
from bots.services.raise_alert import raise_alert
from broadcast.models import Broadcast, BroadcastShare
from care.models import BotDay
from care.services.take_days import take_days
from care.services.take_figures import take_figures
from core.clock import Clock, clock
from core.tenancy import in_bot
from sessions_app.models import Conversation, InboxItem, Message
from tests.care.folk import in_session, talker
from tests.cast import make_bot, make_profile
from tests.fixtures.database import database_role
from tests.web.people import browser, make_coach, make_user

LIVE = "/admin/home/live/"
HOSTILE = "<img src=x onerror=alert(1)>"


def counted(*bots: Bot) -> None:
    """The background has counted these bots now."""
    with database_role("runtime"):
        for each in bots:
            with in_bot(each.id):
                take_figures(bot_id=each.id)
                take_days(bot_id=each.id)


def figures(context: Any) -> dict[str, str]:
    return {each["key"]: each["value"] for each in context["numbers"]}


def asides(context: Any) -> dict[str, str]:
    return {each["key"]: str(each["aside"]) for each in context["numbers"]}


def last_day(context: Any, key: str) -> tuple[int, ...]:
    (chart,) = [each["chart"] for each in context["charts"] if each["key"] == key]
    values: tuple[int, ...] = chart.columns[-1].values
    return values


def needs_human(bot: Bot, *, need: str = "asked", **fields: Any) -> InboxItem:
    person = talker(bot, "I want a person.", **fields)
    with in_bot(bot.id):
        talk = Conversation.objects.for_bot(bot.id).get(profile=person)
        return InboxItem.objects.create(
            bot=bot, conversation=talk, need=need, needed_at=clock.now(), changed_at=clock.now()
        )


# The bots


def test_the_first_page_shows_a_persons_bots_those_that_are_not_well_first() -> None:
    well = make_bot(name="Aaa well", wanted_state="running")
    deaf = make_bot(name="Zzz deaf", wanted_state="running")
    stopped = make_bot(name="Aaa stopped")
    with database_role("runtime"):
        observe_state(bot_id=deaf.id, state="deaf", error="<i>silence</i>")

    response = browser(make_coach(well, deaf, stopped)).get("/admin/")

    assert response.status_code == 200
    assert response.context["bot_counts"] == {"well": 1, "unwell": 1, "resting": 1}
    assert [each.name for each in response.context["tiles"]] == ["Zzz deaf", "Aaa well", "Aaa stopped"]
    assert [each.look for each in response.context["tiles"]] == ["bad", "wait", "rest"]
    assert "&lt;i&gt;silence&lt;/i&gt;" in response.content.decode()
    assert "/admin/bots/bot/add/" not in response.content.decode()


def test_who_sees_no_bot_is_told_so(bot: Bot) -> None:
    response = browser(make_coach()).get("/admin/")
    page = response.content.decode()
    assert response.context["tiles"] == []
    assert bot.name not in page
    assert "There are no bots here yet." in page
    assert "Ask an owner to give you access to one." in page


def test_owners_may_add_a_bot_and_are_led_to_the_sandbox(owner: Client, bot: Bot, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8081"
    page = owner.get("/admin/").content.decode()
    assert 'href="/admin/bots/bot/add/"' in page
    assert "Talk to a bot in the sandbox" in page

    settings.SANDBOX_URL = ""
    assert "Talk to a bot in the sandbox" not in owner.get("/admin/").content.decode()


def test_twelve_bots_are_shown_and_the_rest_is_counted(owner: Client) -> None:
    for _ in range(15):
        make_bot()
    response = owner.get("/admin/")
    assert len(response.context["tiles"]) == 12
    assert response.context["more_bots"] == Bot.objects.count() - 12


def test_one_bot_is_chosen_in_the_address_and_one_that_may_not_be_seen_is_none(
    bot: Bot, other_bot: Bot
) -> None:
    make_profile(bot)
    third = make_bot()
    counted(bot, third)
    coach = browser(make_coach(bot, third))
    assert coach.get("/admin/").context["figures"]["people"] == 1
    chosen = coach.get("/admin/", {"bot": third.slug}).context
    assert chosen["figures"]["people"] == 0
    assert [each.name for each in chosen["tiles"]] == [third.name]
    assert chosen["fragment_url"] == f"{LIVE}?bot={third.slug}"
    assert coach.get("/admin/", {"bot": other_bot.slug}).context["chosen"] == ""


# Figures


def test_the_figures_are_those_of_the_rows(bot: Bot, stopped_clock: Clock) -> None:
    now = clock.now()
    person = in_session(bot, journey_stage="ORDEAL", has_started_journey=True, profile_updated_at=now)
    # Brought from elsewhere: when they did it nobody knows.
    brought = {"has_started_journey": True, "has_visited_platform": True}
    talker(bot, "Hello.", "And more.", journey_stage="REFUSAL", **brought)
    make_profile(bot, consented_at=None, last_seen_at=now - timedelta(days=3))
    make_profile(bot, last_seen_at=now - timedelta(days=20), profile_updated_at=now - timedelta(days=20))
    make_profile(bot, last_seen_at=now - timedelta(days=60), profile_updated_at=now - timedelta(days=60))
    with in_bot(bot.id):
        words = Message.objects.for_bot(bot.id).get(conversation__profile=person)
        Message.objects.create(
            bot=bot,
            conversation=words.conversation,
            role="bot",
            text="Yes?",
            inbound_id=words.inbound_id,
            created_at=now + timedelta(seconds=2.5),
        )
        flush_metrics(samples=[MetricSample(bot.id, "model_cost_micros", now, 1, 1_250_000.0, 1_250_000.0)])
    counted(bot)

    context = browser(make_coach(bot)).get("/admin/").context

    assert figures(context) == {
        "active": "2",
        "words": "4",
        "sessions": "1",
        "answers": "2.5 s",
        "cost": "$1.25",
        "backlog": "0",
    }
    assert asides(context)["active"] == "7 days 3 · 30 days 4"
    assert asides(context)["sessions"] == "0 completed · 1 open now"
    assert asides(context)["cost"] == "7 days $1.25"
    assert (last_day(context, "words"), last_day(context, "sessions"), last_day(context, "active")) == (
        (3, 1),
        (1,),
        (2,),
    )
    assert {each["key"]: each["count"] for each in context["stages"] if each["count"] != "0"} == {
        "REFUSAL": "1",
        "ORDEAL": "1",
    }
    steps = {each["key"]: (each["count"], each["of_previous"]) for each in context["funnel"]}
    assert steps["people"] == ("5", "")
    assert steps["consented"] == ("4", "80\u202f%")
    assert steps["with_session"] == ("1", "25\u202f%")
    assert (steps["started"][0], steps["REFUSAL"][0], steps["ORDEAL"][0], steps["REWARD"][0]) == (
        "2",
        "2",
        "1",
        "0",
    )
    assert (steps["visited"], steps["purchased"]) == (("1", "25\u202f%"), ("0", "0\u202f%"))
    assert [(each["kind"], each["count"]) for each in context["fresh_lines"]] == [
        ("fresh_week", "1"),
        ("fresh_month", "1"),
        ("fresh_older", "1"),
        ("fresh_never", "1"),
    ]


def test_another_bots_people_are_never_counted(bot: Bot, other_bot: Bot) -> None:
    in_session(other_bot, journey_stage="ORDEAL")
    needs_human(other_bot, first_name="Olga of another")
    make_profile(bot)
    raise_alert(kind="bot_deaf", bot_id=other_bot.id, subject="of another")
    counted(bot, other_bot)
    response = browser(make_coach(bot)).get("/admin/")
    context = response.context
    assert (context["figures"]["people"], context["needed"], context["alerts"]) == (1, 0, [])
    assert figures(context)["words"] == "0"
    assert [each["count"] for each in context["stages"]] == ["0"] * 12
    page = response.content.decode()
    assert other_bot.name not in page
    assert "Olga of another" not in page


def test_several_bots_add_up(bot: Bot, other_bot: Bot) -> None:
    talker(bot, "One.")
    talker(other_bot, "Two.", "Three.")
    counted(bot, other_bot)
    context = browser(make_coach(bot, other_bot)).get("/admin/").context
    assert (figures(context)["active"], figures(context)["words"]) == ("2", "3")


def test_whoever_sees_figures_alone_is_shown_no_person(bot: Bot) -> None:
    needs_human(bot, first_name="Olga in need")
    counted(bot)
    response = browser(make_coach(bot, role=Role.ANALYST)).get("/admin/")
    assert response.context["figures"]["people"] == 1
    assert (response.context["sees_people"], response.context["needs"]) == (False, [])
    assert figures(response.context)["backlog"] == "–"
    assert "Olga in need" not in response.content.decode()


def test_the_page_says_when_nobody_counts_any_more(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(bot)
    counted(bot)
    coach = browser(make_coach(bot))
    assert "Counting is late" not in coach.get("/admin/").content.decode()
    stopped_clock.advance(timedelta(minutes=16))
    assert "Counting is late" in coach.get("/admin/").content.decode()


# What waits for somebody


def test_who_needs_a_human_is_listed_the_newest_first_and_who_is_put_off_is_not(
    bot: Bot, stopped_clock: Clock
) -> None:
    for number in range(6):
        needs_human(bot, need="crisis" if number == 5 else "asked", first_name=f"Nina {number}")
        stopped_clock.advance(timedelta(minutes=1))
    later = needs_human(bot, first_name="Put off")
    with in_bot(bot.id):
        InboxItem.objects.for_bot(bot.id).filter(id=later.id).update(
            snoozed_until=clock.now() + timedelta(hours=1)
        )
    response = browser(make_coach(bot)).get("/admin/")
    assert response.context["needed_words"] == "6 people need a human"
    assert [each["line"].name for each in response.context["needs"]] == [
        f"Nina {number}" for number in (5, 4, 3, 2, 1)
    ]
    page = response.content.decode()
    assert 'href="/admin/inbox/?show=needs"' in page
    assert "Put off" not in page


def test_alerts_that_wait_and_broadcasts_that_run_are_shown(bot: Bot) -> None:
    raise_alert(kind="bot_deaf", bot_id=bot.id, subject="silence")
    with in_bot(bot.id):
        broadcast = Broadcast.objects.create(
            title="To all", bot_ids=[bot.id], state="running", created_at=clock.now(), changed_at=clock.now()
        )
        BroadcastShare.objects.create(
            bot=bot, broadcast=broadcast, total=40, sent=9, failed=1, frozen_at=clock.now()
        )
    context = browser(make_coach(bot)).get("/admin/").context
    assert [(each["line"].label, each["line"].subject) for each in context["alerts"]] == [
        ("bot deaf", "silence")
    ]
    (line,) = context["broadcasts"]
    assert (line["line"].title, line["reached"], line["total"], line["share"], line["errors"]) == (
        "To all",
        "10",
        "40",
        "25\u202f%",
        "1",
    )


# What anybody may have written


def test_hostile_names_are_shown_as_text(bot: Bot) -> None:
    Bot.objects.filter(id=bot.id).update(name=HOSTILE)
    other = make_bot(name=f"{HOSTILE} too")
    with database_role("runtime"):
        observe_state(bot_id=bot.id, state="crashed", error=HOSTILE)
    needs_human(bot, first_name=HOSTILE)
    raise_alert(kind="error", bot_id=bot.id, subject=HOSTILE)
    with in_bot(bot.id):
        Broadcast.objects.create(
            title=HOSTILE, bot_ids=[bot.id], state="paused", created_at=clock.now(), changed_at=clock.now()
        )
    coach = browser(make_coach(bot, other))
    for page in (coach.get("/admin/"), coach.get(LIVE), coach.get("/admin/", {"bot": HOSTILE})):
        words = page.content.decode()
        assert "<img" not in words
        assert words.count("&lt;img src=x onerror=alert(1)&gt;") >= 5


def test_our_part_of_the_page_needs_no_script_and_no_style_of_its_own(bot: Bot) -> None:
    words = browser(make_coach(bot)).get(LIVE).content.decode()
    assert "<script" not in words
    assert "style=" not in words
    assert "onclick" not in words


# The fragment


def test_the_fragment_is_the_board_alone_and_is_kept_by_nobody(bot: Bot) -> None:
    make_profile(bot)
    counted(bot)
    response = browser(make_coach(bot)).get(LIVE)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response.context["figures"]["people"] == 1
    words = response.content.decode()
    assert "<html" not in words
    assert words.strip().startswith('<div class="home-board"')


def test_the_fragment_of_one_bot_is_of_that_bot_alone(bot: Bot, other_bot: Bot) -> None:
    make_profile(other_bot)
    counted(bot, other_bot)
    coach = browser(make_coach(bot, other_bot))
    assert coach.get(LIVE).context["figures"]["people"] == 1
    assert coach.get(LIVE, {"bot": bot.slug}).context["figures"]["people"] == 0


def test_whoever_is_not_of_the_staff_is_led_to_the_door(bot: Bot) -> None:
    for client in (Client(), browser(make_user(staff=False))):
        response = client.get(LIVE)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
    assert browser(make_coach(bot)).post(LIVE).status_code == 405


# What to do next


def test_a_bot_without_people_is_to_be_talked_to(bot: Bot, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8081"
    coach = browser(make_coach(bot))
    words = coach.get("/admin/").content.decode()
    assert "Nobody has talked with your bots yet." in words
    assert "Talk to a bot in the sandbox" in words
    settings.SANDBOX_URL = ""
    assert "Find it in Telegram and press Start." in coach.get("/admin/", {"bot": bot.slug}).content.decode()
    make_profile(bot)
    counted(bot)
    assert "Nobody has talked" not in coach.get("/admin/").content.decode()


def test_where_nothing_waits_the_page_says_what_would_be_there(bot: Bot) -> None:
    words = browser(make_coach(bot)).get("/admin/").content.decode()
    for each in ("Nobody needs a human", "No alerts", "No broadcast under way"):
        assert each in words


def test_the_tour_is_ticked_from_what_is_there(bot: Bot) -> None:
    manager = browser(make_coach(bot, role=Role.MANAGER))

    def done() -> list[bool]:
        return [each.is_done for each in manager.get("/admin/").context["tour"]]

    assert done()[1:] == [False, False]
    person = talker(bot, "Hello.")
    counted(bot)
    assert done()[1:] == [True, False]
    with in_bot(bot.id):
        talk = Conversation.objects.for_bot(bot.id).get(profile=person)
        Message.objects.create(
            bot=bot, conversation=talk, role="bot", text="A person.", operator_id=1, created_at=clock.now()
        )
        BotDay.objects.for_bot(bot.id).update(taken_at=clock.now() - timedelta(minutes=2))
    counted(bot)
    assert done() in ([False, True, True], [])
    persona = Persona.objects.create(slug=f"p-{bot.slug}", name="Own")
    publish_prompt(persona_id=persona.id, key="natasha", language="en", body="Speak.", author=make_user())
    assert done() == []


@pytest.mark.parametrize(
    ("role", "stops"),
    [
        (Role.MANAGER, ["Publish a prompt", "Find a person", "Answer in the inbox"]),
        (Role.COACH, ["Find a person", "Answer in the inbox"]),
        (Role.READ_ONLY, ["Find a person"]),
        (Role.ANALYST, []),
    ],
)
def test_the_tour_leads_nobody_to_a_closed_door(bot: Bot, role: Role, stops: list[str]) -> None:
    client = browser(make_coach(bot, role=role))
    shown = client.get("/admin/").context["tour"]
    assert [each.name for each in shown] == stops
    assert [client.get(each.link).status_code for each in shown] == [200] * len(stops)


def test_who_may_add_bots_begins_with_one(owner: Client) -> None:
    shown = owner.get("/admin/").context["tour"]
    # What is all done is not shown.
    assert [(each.name, each.link) for each in shown[:1]] in ([("Add a bot", "/admin/bots/bot/add/")], [])
    # Whoever was given none yet is told so instead.
    assert browser(make_coach()).get("/admin/").context["tour"] == []


def test_the_tour_is_put_away_by_each_person_for_themselves(bot: Bot) -> None:
    client = browser(make_coach(bot))
    assert client.get("/admin/").context["tour"]
    assert client.get("/admin/home/tour/").status_code == 405
    response = client.post("/admin/home/tour/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").context["tour"] == []
    client.force_login(make_coach(bot))
    assert client.get("/admin/").context["tour"]


# Speed


def questions(client: Client, address: str) -> list[str]:
    """What the database is asked for a page, beside the begin and end of its transaction."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    said = [each["sql"] for each in queries.captured_queries]
    return [each for each in said if each.split()[0] not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")]


@pytest.mark.parametrize("address", ["/admin/", LIVE])
def test_the_page_asks_twelve_questions_at_most_however_many_bots_and_people_there_are(
    address: str, bot: Bot, owner: Client
) -> None:
    owner.post("/admin/home/tour/")
    needs_human(bot)
    counted(bot)
    owner.get(address)
    few = questions(owner, address)
    more = [make_bot() for _ in range(4)]
    for each in more:
        for _ in range(5):
            needs_human(each)
    counted(bot, *more)
    many = questions(owner, address)
    assert len(many) == len(few)
    assert len(many) <= 12, "\n".join(each[:150] for each in many)
    assert not any("COUNT(*)" in each and "profiles" in each for each in many)


def test_members_of_the_team_are_asked_for_no_more(bot: Bot) -> None:
    coach = browser(make_coach(bot))
    coach.post("/admin/home/tour/")
    coach.get("/admin/")
    assert len(questions(coach, "/admin/")) <= 12
    assert len(questions(coach, LIVE)) <= 12
