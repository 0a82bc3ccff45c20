"""A person's page: what it tells at a glance, and what staff may do from it."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import psycopg
import pytest
from django.test import Client

from bots.models import Bot, BotAccess
from bots.roles import Role
from care.models import RotationPick, RotationRun
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from events.services.record_event import record_event
from journey.models import StageVersion
from mailbox.models import OutboundMessage
from profiles.models import Profile
from sessions_app.models import Conversation, InboxItem, Message
from tests.cast import make_profile
from tests.dashboard.talks import Talk, make_talk
from tests.web.people import browser, make_coach, make_user

PEOPLE = "/admin/profiles/profile/"
SENT = {"_form_submitted": "true"}
HOSTILE = '<script>alert("x")</script>'

pytestmark = pytest.mark.usefixtures("as_staff")


def page_of(person: Profile, behind: str = "change/") -> str:
    return f"{PEOPLE}{person.id}/{behind}"


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def press(client: Client, person: Profile, button: str, **typed: Any) -> Any:
    return client.post(page_of(person, f"{button}/"), {**SENT, **typed})


def stored(person: Profile) -> Profile:
    with in_bot(person.bot_id):
        return Profile.objects.for_bot(person.bot_id).get(id=person.id)


def is_there(person: Profile) -> bool:
    with in_bot(person.bot_id):
        return Profile.objects.for_bot(person.bot_id).filter(id=person.id).exists()


def happened(person: Profile, *kinds: str) -> list[tuple[str, Any]]:
    with in_bot(person.bot_id):
        rows = Event.objects.for_bot(person.bot_id).filter(kind__in=kinds).order_by("created_at", "id")
        return list(rows.values_list("kind", "payload"))


@pytest.fixture
def vera(bot: Bot, stopped_clock: Clock) -> Talk:
    return make_talk(bot, first_name="Vera", username="vera_o", readiness={"shadow": 70}, streams=["shadow"])


# What is seen


def test_the_overview_tells_of_the_way_the_sessions_the_cost_and_what_was_done(vera: Talk, bot: Bot) -> None:
    session = vera.session(
        state="completed", completed_at=clock.now() + timedelta(minutes=12), core_issue="Fear."
    )
    for days, micros in ((0, 20_000), (3, 500_000), (40, 1_000_000)):
        vera.answers(
            "And you?",
            at=clock.now() - timedelta(days=days),
            model="gpt",
            cost_micros=micros,
            prompt_tokens=90,
            completion_tokens=10,
            session=session,
        )
    page = html(browser(make_coach(bot)), page_of(vera.person, "panel/overview/"))
    for shown in (
        "Transforming the Shadow",
        "70 %",
        "The twelve stages",
        "Fear.",
        "12 minutes",
        "3 messages",
        "$1.52",
        "$0.02",
        "$0.52",
        "3 answers",
        "300 tokens",
        "Latest activity",
        "Started the journey",
    ):
        assert shown in page, shown


def test_days_begin_where_the_bot_lives(vera: Talk, bot: Bot) -> None:
    Bot.objects.filter(id=bot.id).update(timezone="Asia/Vladivostok")
    midnight = clock.now().replace(hour=14, minute=0, second=0, microsecond=0)
    while midnight > clock.now():
        midnight -= timedelta(days=1)
    vera.answers("Yesterday", at=midnight - timedelta(seconds=5), model="m", cost_micros=10_000_000)
    vera.answers("Today", at=midnight + timedelta(seconds=5), model="m", cost_micros=20_000)
    page = html(browser(make_coach(bot)), page_of(vera.person, "panel/overview/"))
    assert "$0.02" in page
    assert "$10.02" in page


def test_sessions_lead_to_what_was_said_in_them(vera: Talk, bot: Bot) -> None:
    vera.session(
        summary=f"They wait. {HOSTILE}", core_issue=HOSTILE, patterns=[HOSTILE, "waits"], question_count=4
    )
    page = html(browser(make_coach(bot)), page_of(vera.person, "panel/sessions/"))
    assert f'href="{vera.page}"' in page
    assert "Provocative session" in page
    assert "They wait." in page
    assert "waits" in page
    assert "<script>alert" not in page
    stranger = make_profile(bot)
    assert "There was none yet." in html(browser(make_coach(bot)), page_of(stranger, "panel/sessions/"))


def test_what_is_the_matter_stands_above_everything(vera: Talk, bot: Bot) -> None:
    coach = browser(make_coach(bot))
    assert "Open the conversation" not in html(coach, page_of(vera.person))
    with in_bot(bot.id):
        record_event(
            bot_id=bot.id, kind="crisis.detected", profile_id=vera.person.id, payload={"sign": "self_harm"}
        )
    vera.item(need="asked", needed_at=clock.now())
    page = html(coach, page_of(vera.person))
    strips = page.partition('class="person-strips"')[2].partition('role="tablist"')[0]
    for shown in ("Sign of crisis", "self-harm", "Needs a human", "asked for a human", vera.page):
        assert shown in strips, shown


def test_who_answers_in_the_bots_place_is_named(vera: Talk, bot: Bot) -> None:
    anna = make_coach(bot)
    vera.item(mode="human", operator=anna, hand_back_at=clock.now() + timedelta(minutes=5))
    page = html(browser(make_coach(bot)), page_of(vera.person))
    assert "A person of the team answers" in page
    assert anna.username in page


def test_troubles_of_all_kinds_stand_in_one_list(vera: Talk, bot: Bot) -> None:
    coach = browser(make_coach(bot))
    address = page_of(vera.person, "panel/alerts/")
    assert "Nothing has happened" in html(coach, address)
    vera.session(last_error="llm.unavailable", last_error_at=clock.now())
    with in_bot(bot.id):
        for kind, payload in (
            ("crisis.detected", {"sign": "violence"}),
            ("profile.blocked", {}),
            ("conversation.taken_over", {"by": 1}),
        ):
            record_event(bot_id=bot.id, kind=kind, profile_id=vera.person.id, payload=payload)
        OutboundMessage.objects.create(
            bot=bot,
            seq=1,
            key="k",
            chat_id=vera.person.telegram_id,
            method="sendMessage",
            params={},
            state="failed",
            error=HOSTILE,
            not_before=clock.now(),
            created_at=clock.now(),
            settled_at=clock.now(),
        )
    page = html(coach, address)
    for shown in (
        "llm.unavailable",
        "violence",
        "They blocked the bot",
        "Somebody of the team took over",
        "A message did not arrive",
        "&lt;script&gt;",
    ):
        assert shown in page, shown
    assert "<script>alert" not in page


def test_stages_are_called_as_staff_have_worded_them(
    bot: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    person = make_profile(bot, journey_stage="ORDEAL")
    coach = browser(make_coach(bot))
    StageVersion.objects.create(
        code="ORDEAL",
        language="en",
        number=999,
        name="Trial by Fire",
        description="x",
        questions=[],
        resistance=[],
        techniques=[],
        intensity="firm",
        is_published=True,
    )
    try:
        head = html(coach, page_of(person)).partition('role="tablist"')[0]
        rows = html(coach, PEOPLE)
    finally:
        owner_database.execute("DELETE FROM stage_versions WHERE number = 999")
    assert "Trial by Fire" in head
    assert "Trial by Fire" in rows


@pytest.mark.parametrize(
    "behind",
    ["change/", "panel/overview/", "panel/portrait/", "part/refreshing/", "acts/", "message/", "erase/"],
)
def test_another_bots_person_is_not_there(vera: Talk, other_bot: Bot, behind: str) -> None:
    stranger = browser(make_coach(other_bot, role=Role.OWNER))
    assert stranger.get(page_of(vera.person, behind)).status_code == 404
    assert browser(make_coach(vera.bot)).get(page_of(vera.person, "panel/nothing/")).status_code == 404
    assert browser(make_coach(vera.bot)).get(page_of(vera.person, "part/nothing/")).status_code == 404


def test_who_sees_figures_alone_sees_nobody(vera: Talk, bot: Bot) -> None:
    analyst = browser(make_coach(bot, role=Role.ANALYST))
    for behind in ("change/", "panel/overview/", "acts/"):
        assert analyst.get(page_of(vera.person, behind)).status_code in (403, 404)


def test_whoever_asks_for_a_part_alone_has_read_it_too(vera: Talk, bot: Bot) -> None:
    coach = make_coach(bot)
    for behind in ("panel/portrait/", "acts/", "part/attention/", "change/"):
        browser(coach).get(page_of(vera.person, behind))
    assert happened(vera.person, "profile.read") == [("profile.read", {"by": coach.pk})]


OWNERS = {"export", "erase"}
COACHES = {"message", "refresh", "block", "set-marker", "set-flags", "write-summary", "pause"}


@pytest.mark.parametrize(
    ("role", "buttons"),
    [
        (Role.OWNER, COACHES | OWNERS),
        (Role.MANAGER, COACHES | {"export"}),
        (Role.COACH, COACHES),
        (Role.READ_ONLY, set[str]()),
    ],
)
def test_each_role_sees_its_buttons_and_can_press_no_others(
    vera: Talk, bot: Bot, role: Role, buttons: set[str]
) -> None:
    member = browser(make_coach(bot, role=role))
    page = html(member, page_of(vera.person))
    assert {each for each in COACHES | OWNERS if f"{vera.person.id}/{each}/" in page} == buttons
    for each in (COACHES | OWNERS) - buttons:
        assert press(member, vera.person, each, typed="vera_o", text="x").status_code == 403
        assert member.get(page_of(vera.person, f"{each}/")).status_code == 403
    assert is_there(vera.person)


# Blocking


def test_who_is_blocked_is_marked_and_may_be_heard_again(vera: Talk, bot: Bot) -> None:
    coach = make_coach(bot)
    client = browser(coach)
    assert press(client, vera.person, "block").status_code == 302
    assert stored(vera.person).blocked_at == clock.now()
    page = html(client, page_of(vera.person))
    assert "The bot ignores this person" in page
    assert f"{vera.person.id}/unblock/" in page
    assert f"{vera.person.id}/block/" not in page
    assert f"{vera.person.id}/message/" not in page
    assert [each.id for each in client.get(PEOPLE, {"who": "barred"}).context["cl"].result_list] == [
        vera.person.id
    ]
    assert press(client, vera.person, "unblock").status_code == 302
    assert stored(vera.person).blocked_at is None
    assert happened(vera.person, "profile.barred", "profile.let_in") == [
        ("profile.barred", {"by": coach.pk}),
        ("profile.let_in", {"by": coach.pk}),
    ]


# Writing


def said(talk: Talk) -> list[tuple[str, int | None]]:
    with in_bot(talk.bot.id):
        rows = Message.objects.for_bot(talk.bot.id).filter(conversation_id=talk.id).order_by("created_at")
        return list(rows.values_list("text", "operator_id"))


def item_of(talk: Talk) -> InboxItem | None:
    with in_bot(talk.bot.id):
        return InboxItem.objects.for_bot(talk.bot.id).filter(conversation_id=talk.id).first()


def test_a_message_is_said_in_the_bots_place_and_leads_to_the_conversation(vera: Talk, bot: Bot) -> None:
    coach = make_coach(bot)
    response = press(browser(coach), vera.person, "message", text="Line one\r\nLine two", stays="on")
    assert (response.status_code, response["Location"]) == (302, vera.page)
    assert said(vera) == [("Line one\nLine two", coach.pk)]
    item = item_of(vera)
    assert item is not None
    assert (item.mode, item.operator_id) == ("human", coach.pk)


def test_whoever_does_not_stay_leaves_the_conversation_to_the_bot(vera: Talk, bot: Bot) -> None:
    coach = make_coach(bot)
    assert press(browser(coach), vera.person, "message", text="Hello").status_code == 302
    item = item_of(vera)
    assert item is not None
    assert (item.mode, said(vera)) == ("", [("Hello", coach.pk)])
    # Whoever held it before still does.
    vera.item(
        mode="human", operator=coach, taken_at=clock.now(), hand_back_at=clock.now() + timedelta(minutes=5)
    )
    press(browser(coach), vera.person, "message", text="Again")
    held = item_of(vera)
    assert held is not None
    assert held.mode == "human"


def test_nobody_writes_where_somebody_else_does_and_keeps_what_they_typed(vera: Talk, bot: Bot) -> None:
    vera.item(
        mode="human",
        operator=make_coach(bot),
        taken_at=clock.now(),
        hand_back_at=clock.now() + timedelta(minutes=5),
    )
    response = press(browser(make_coach(bot)), vera.person, "message", text="Half a thought")
    page = response.content.decode()
    assert response.status_code == 200
    assert "Somebody else answers in this conversation." in page
    assert "Half a thought" in page
    assert said(vera) == []


def test_who_never_talked_cannot_be_written_to(bot: Bot) -> None:
    stranger = make_profile(bot)
    client = browser(make_coach(bot))
    assert "never talked with the bot" in press(client, stranger, "message", text="x").content.decode()
    assert client.get(page_of(stranger, "conversation/")).status_code == 302
    with in_bot(bot.id):
        assert not Conversation.objects.for_bot(bot.id).filter(profile_id=stranger.id).exists()


def test_the_conversation_is_one_press_away(vera: Talk, bot: Bot) -> None:
    response = browser(make_coach(bot)).get(page_of(vera.person, "conversation/"))
    assert (response.status_code, response["Location"]) == (302, vera.page)


# Refreshing


def test_a_new_portrait_is_asked_for_and_the_page_tells_how_far_it_is(vera: Talk, bot: Bot) -> None:
    client = browser(make_coach(bot))
    assert html(client, page_of(vera.person, "part/refreshing/")) == ""
    assert press(client, vera.person, "refresh").status_code == 302
    strip = html(client, page_of(vera.person, "part/refreshing/"))
    assert "is being made anew" in strip
    assert 'hx-trigger="every 2s' in strip
    with in_bot(bot.id):
        picks = RotationPick.objects.for_bot(bot.id)
        assert list(picks.values_list("profile_id", flat=True)) == [vera.person.id]
    # Once is enough.
    press(client, vera.person, "refresh")
    with in_bot(bot.id):
        assert picks.count() == 1


@pytest.mark.parametrize(
    ("result", "state", "told"),
    [
        ("updated", "done", "The portrait is new"),
        ("skipped", "done", "nothing new to make it from"),
        ("failed", "done", "The model could not be asked."),
        ("", "over_budget", "budget is spent"),
    ],
)
def test_what_came_of_it_is_told_for_a_while(
    vera: Talk, bot: Bot, stopped_clock: Clock, result: str, state: str, told: str
) -> None:
    client = browser(make_coach(bot))
    press(client, vera.person, "refresh")
    with in_bot(bot.id):
        RotationPick.objects.for_bot(bot.id).update(result=result)
        RotationRun.objects.for_bot(bot.id).update(state=state, ended_at=clock.now())
    strip = html(client, page_of(vera.person, "part/refreshing/"))
    assert told in strip
    assert "hx-get" not in strip
    behind = client.get(page_of(vera.person, "part/refreshing/"), headers={"HX-Request": "true"})
    assert ("Show it" in behind.content.decode()) == (result == "updated")
    stopped_clock.advance(timedelta(minutes=11))
    assert html(client, page_of(vera.person, "part/refreshing/")) == ""


# Markers and flags


def test_a_marker_is_set_changed_and_removed(vera: Talk, bot: Bot) -> None:
    coach = make_coach(bot)
    client = browser(coach)
    assert press(client, vera.person, "set-marker", name="City ", value="Kazan").status_code == 302
    assert (
        press(client, vera.person, "set-marker", name="interested_stream", value="shadow").status_code == 302
    )
    assert stored(vera.person).markers == {"city": "Kazan", "interested_stream": "shadow"}
    assert press(client, vera.person, "set-marker", name="city", value="").status_code == 302
    assert stored(vera.person).markers == {"interested_stream": "shadow"}
    # The value may be something that the person said.
    assert happened(vera.person, "profile.marker_set", "profile.marker_removed") == [
        ("profile.marker_set", {"marker": "city", "by": coach.pk}),
        ("profile.marker_set", {"marker": "interested_stream", "by": coach.pk}),
        ("profile.marker_removed", {"marker": "city", "by": coach.pk}),
    ]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("1st", "x", "begins with a letter"),
        ("имя", "x", "begins with a letter"),
        ("a" * 41, "x", "begins with a letter"),
        ("purchased_streams", "shadow", "kept by"),
        ("interested_stream", "tarot", "no such stream"),
        ("city", "x" * 201, "200 characters"),
    ],
)
def test_a_marker_that_cannot_be_is_refused_beside_its_field(
    vera: Talk, bot: Bot, name: str, value: str, told: str
) -> None:
    response = press(browser(make_coach(bot)), vera.person, "set-marker", name=name, value=value)
    assert response.status_code == 200
    assert told in response.content.decode()
    assert stored(vera.person).markers == {}


def test_who_reads_russian_is_refused_a_marker_in_russian(vera: Talk, bot: Bot) -> None:
    client = browser(make_coach(bot))
    client.cookies["django_language"] = "ru"
    for name, value, told in (
        ("имя", "x", "Имя начинается с буквы"),
        ("purchased_streams", "shadow", "Этот маркер ведёт «Участие в программе»."),
        ("interested_stream", "tarot", "Такой программы нет; её указывают коротким именем."),
        ("city", "x" * 201, "В значении не больше 200 символов."),
    ):
        assert told in press(client, vera.person, "set-marker", name=name, value=value).content.decode()


def test_flags_are_put_right_and_only_those_that_were_changed(
    vera: Talk, bot: Bot, stopped_clock: Clock
) -> None:
    coach = make_coach(bot)
    client = browser(coach)
    dialog = html(client, page_of(vera.person, "set-flags/"))
    assert 'name="was" value="0000"' in dialog
    # Meanwhile they open the platform.
    with in_bot(bot.id):
        Profile.objects.for_bot(bot.id).filter(id=vera.person.id).update(has_visited_platform=True)
    assert press(client, vera.person, "set-flags", was="0000", started_journey="on").status_code == 302
    row = stored(vera.person)
    assert (row.has_started_journey, row.started_journey_at) == (True, clock.now())
    assert row.has_visited_platform
    assert press(client, vera.person, "set-flags", was="1010", visited_platform="on").status_code == 302
    row = stored(vera.person)
    assert (row.has_started_journey, row.started_journey_at, row.has_visited_platform) == (False, None, True)
    assert [payload["flags"] for _kind, payload in happened(vera.person, "profile.flags_set")] == [
        {"started_journey": True},
        {"started_journey": False},
    ]


def test_a_journey_that_was_not_started_cannot_be_completed(vera: Talk, bot: Bot) -> None:
    client = browser(make_coach(bot))
    response = press(client, vera.person, "set-flags", was="0000", completed_journey="on")
    assert response.status_code == 200
    assert "cannot be completed" in response.content.decode()
    # Nor where somebody else has switched the beginning off meanwhile.
    response = press(
        client, vera.person, "set-flags", was="1000", started_journey="on", completed_journey="on"
    )
    assert response.status_code == 302
    assert not stored(vera.person).has_completed_journey


# Two at once


def test_whoever_writes_over_a_colleagues_summary_is_told_first(vera: Talk, bot: Bot) -> None:
    anna, boris = make_coach(bot), make_coach(bot)
    seen = html(browser(anna), page_of(vera.person, "write-summary/")).partition('name="seen" value="')[2][
        :32
    ]
    assert (
        press(browser(boris), vera.person, "write-summary", summary="Boris saw this.", seen=seen).status_code
        == 302
    )
    late = press(browser(anna), vera.person, "write-summary", summary="Anna saw that.", seen=seen)
    page = late.content.decode()
    assert late.status_code == 200
    for shown in (boris.username, "has changed the summary", "Boris saw this.", "Anna saw that."):
        assert shown in page, shown
    assert stored(vera.person).psychological_summary == "Boris saw this."
    # What is saved now is saved by somebody who knows.
    knows = page.partition('name="seen" value="')[2][:32]
    assert knows != seen
    assert (
        press(browser(anna), vera.person, "write-summary", summary="Anna saw that.", seen=knows).status_code
        == 302
    )
    assert stored(vera.person).psychological_summary == "Anna saw that."


# Export


def test_all_that_is_kept_is_a_file_and_that_it_was_taken_is_written_down(
    vera: Talk, bot: Bot, owner_database: psycopg.Connection[Any]
) -> None:
    vera.says("He never listens.")
    owner = make_coach(bot, role=Role.OWNER)
    # A link on somebody's site takes nothing in an owner's name.
    lured = browser(owner).get(page_of(vera.person, "export/"), headers={"Sec-Fetch-Site": "cross-site"})
    assert lured.status_code == 403
    response = browser(owner).get(page_of(vera.person, "export/"))
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="person-{vera.person.telegram_id}.zip"'
    with ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert json.loads(archive.read("messages.json"))[0]["text"] == "He never listens."
    entry = owner_database.execute(
        "SELECT actor_id, action, bot_id FROM audit_entries WHERE row_id = %s AND action = 'export'",
        [str(vera.person.id)],
    ).fetchall()
    assert entry == [(owner.pk, "export", bot.id)]


# Erasing


@pytest.mark.parametrize("typed", ["", "Vera", "@vera", "123", "vera_o2", HOSTILE])
def test_nobody_is_erased_by_one_press_too_many(vera: Talk, bot: Bot, typed: str) -> None:
    response = press(browser(make_coach(bot, role=Role.OWNER)), vera.person, "erase", typed=typed)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert is_there(vera.person)


@pytest.mark.parametrize("typed", ["@Vera_O", "vera_o", None])
def test_who_is_erased_is_gone_with_everything_and_who_did_it_is_written_down(
    vera: Talk, bot: Bot, owner_database: psycopg.Connection[Any], typed: str | None
) -> None:
    vera.says("He never listens.")
    owner = make_coach(bot, role=Role.OWNER)
    client = browser(owner)
    typed = typed or str(vera.person.telegram_id)
    response = press(client, vera.person, "erase", typed=typed)
    assert (response.status_code, response["Location"]) == (302, PEOPLE)
    assert not is_there(vera.person)
    with in_bot(bot.id):
        assert not Message.objects.for_bot(bot.id).exists()
        assert not Event.objects.for_bot(bot.id).filter(profile_id=vera.person.id).exists()
    erased = owner_database.execute(
        "SELECT actor_id, row_id FROM audit_entries WHERE bot_id = %s AND action = 'erase'", [bot.id]
    ).fetchall()
    # By whom is known, and of whom nothing.
    assert erased == [(owner.pk, "")]
    assert client.get(page_of(vera.person)).status_code == 404
    assert press(client, vera.person, "erase", typed=typed).status_code == 404


def test_a_dialog_leads_away_by_script(vera: Talk, bot: Bot) -> None:
    owner = browser(make_coach(bot, role=Role.OWNER))
    response = owner.post(
        page_of(vera.person, "erase/"), {**SENT, "typed": "vera_o"}, headers={"HX-Request": "true"}
    )
    assert (response.status_code, response["HX-Redirect"]) == (200, PEOPLE)


def test_of_two_who_erase_the_second_is_told_that_nobody_is_there(vera: Talk, bot: Bot) -> None:
    assert browser(make_user(superuser=True)).get(f"{PEOPLE}{uuid4()}/erase/").status_code == 404
    BotAccess.objects.filter(bot=bot).delete()
    assert is_there(vera.person)
