"""The journey in the admin: wordings of stages, steps, readiness, and the tab on a person's page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot
from bots.roles import Role
from core.clock import Clock
from core.tenancy import in_bot
from journey.admin.chart import lines
from journey.contracts import StreamReadiness
from journey.models import StageVersion
from journey.selectors.published_stages import published_stages
from journey.services.choose_stream import choose_stream
from journey.services.keep_readiness import keep_readiness
from journey.stages import StageCode, stages
from profiles.models import Profile
from tests.cast import make_profile
from tests.journey.walks import CALL, MENTOR, ORDINARY, REFUSAL, dispute, walk
from tests.journey.wordings import CODE, LANGUAGE, in_force, publish, shipped, taken_back, versions
from tests.web.people import browser, make_coach

STAGES, STEPS, READINESS = (
    "/admin/journey/stageversion/",
    "/admin/journey/journeyprogress/",
    "/admin/journey/readiness/",
)
PAGE = f"{STAGES}{CODE}/{LANGUAGE}/wording/"
WITHDRAW = f"{STAGES}{CODE}/{LANGUAGE}/withdraw/"
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def _wordings(_as_the_web_process: None, owner_database: psycopg.Connection[Any]) -> Iterator[None]:
    owner_database.execute("DELETE FROM stage_versions")
    with taken_back():
        yield
    owner_database.execute("DELETE FROM stage_versions")


def allowed(*codenames: str) -> User:
    """A member of staff with these permissions of the journey's room."""
    coach = make_coach()
    coach.user_permissions.set(
        Permission.objects.filter(content_type__app_label="journey", codename__in=codenames)
    )
    return coach


def typed(**said: str) -> dict[str, str]:
    """The form as a browser sends it: what ships, but for what is said here."""
    fields = shipped()
    lists = {name: "\r\n".join(fields[name]) for name in ("questions", "resistance", "techniques")}
    return {**fields, "intensity": fields["intensity"].value, **lists, **said}


def put_in_force(version: StageVersion) -> str:
    return f"{STAGES}{version.code}/{version.language}/put-in-force/{version.id}/"


def words(response: Any) -> str:
    """What is read on a page, without markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def tab_of(client: Client, person: Profile) -> str:
    """What stands in the tab about a person's way, as it is fetched when somebody opens it."""
    response = client.get(f"/admin/profiles/profile/{person.id}/panel/journey/")
    assert response.status_code == 200
    return str(response.content.decode())


def read(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def found_ready(person: Profile, **percents: int) -> None:
    streams = [
        StreamReadiness(slug.replace("_", "-"), percent, f"because of {slug}", "I want it")
        for slug, percent in percents.items()
    ]
    with in_bot(person.bot_id):
        assert keep_readiness(bot_id=person.bot_id, profile_id=person.id, streams=streams, digest=uuid4().hex)


# Stages


def test_all_stages_stand_in_their_order_in_both_languages(owner: Client) -> None:
    publish(name="Great Trial", author=User.objects.get(pk=owner.session["_auth_user_id"]))
    page = words(owner.get(STAGES))
    for language in ("en", "ru"):
        names = [each.name for each in stages(language) if each.code != CODE]
        places = [page.index(name) for name in names]
        assert places == sorted(places)
    assert "Great Trial" in page
    assert page.count("as shipped") == 23
    assert "version 1 · " + User.objects.get(pk=owner.session["_auth_user_id"]).username in page


def test_the_list_asks_the_database_the_same_however_much_is_written(owner: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(STAGES).status_code == 200
        return len(queries)

    # The first page of a sign-in writes down where that was.
    asked()
    before = asked()
    for code in list(StageCode)[:5]:
        publish(code=code.value, name="Other")
    assert asked() == before


def test_the_form_shows_what_is_in_force(owner: Client) -> None:
    assert owner.get(PAGE).context["form"].initial["name"] == "Ordeal"
    publish(name="Trial", questions=["One?", "Two?", "Three?"])
    form = owner.get(PAGE).context["form"]
    assert (form["name"].value(), form["questions"].value()) == ("Trial", "One?\nTwo?\nThree?")


def test_what_is_saved_is_the_next_version_and_bots_say_it(owner: Client) -> None:
    response = owner.post(
        PAGE, typed(name="Trial", questions="One?\r\n\r\n Two?\r\nThree?", intensity="soft")
    )
    assert (response.status_code, response["Location"]) == (302, PAGE)
    now = published_stages()[CODE, LANGUAGE]
    assert (now.name, now.questions, now.intensity) == ("Trial", ("One?", "Two?", "Three?"), "soft")
    version = StageVersion.objects.get(code=CODE, language=LANGUAGE)
    assert version.author == User.objects.get(pk=owner.session["_auth_user_id"])
    assert "Version 1 is in force; bots take it over as they run." in words(owner.get(PAGE))
    noted = LogEntry.objects.get(object_id=str(version.id))
    assert noted.user == version.author
    assert owner.get(f"{STAGES}{version.id}/change/")["Location"] == f"{PAGE}?before=2#v1"


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"name": "N" * 61}, "name", "60 characters at most"),
        ({"name": ""}, "name", "This field is required."),
        ({"description": "…"}, "description", "A stage needs a description."),
        ({"questions": "One?\nOne?"}, "questions", "A stage needs 3 to 30 lines here; there are 1."),
        ({"resistance": "--"}, "resistance", "there are 0"),
        ({"techniques": "t" * 121}, "techniques", "Line 1 is too long: 120 characters at most."),
        ({"intensity": "cruel"}, "intensity", "Select a valid choice."),
        ({}, "__all__", "This is the wording that is in force already."),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field_and_what_was_typed_stays(
    owner: Client, said: dict[str, str], field: str, told: str
) -> None:
    response = owner.post(PAGE, typed(**said))
    assert response.status_code == 200
    form = response.context["form"]
    assert form.errors.keys() == {field}
    assert told in words(response)
    assert all(form[name].value() == value for name, value in said.items())
    assert versions() == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": "N" * 61}, "В названии может быть не больше 60 символов."),
        ({"name": "…"}, "Этапу нужно название."),
        ({"description": "…"}, "Этапу нужно описание."),
        ({"description": "d" * 1001}, "В описании может быть не больше 1000 символов."),
        ({"questions": "One?\nOne?"}, "Здесь нужно строк: от 3 до 30; сейчас — 1."),
        ({"techniques": "t" * 121}, "Строка 1 слишком длинная: можно не больше 120 символов."),
        ({}, "Эта формулировка уже действует."),
    ],
)
def test_who_reads_russian_is_told_in_russian_what_does_not_fit(
    owner: Client, said: dict[str, str], told: str
) -> None:
    owner.cookies["django_language"] = "ru"
    form = owner.post(PAGE, typed(**said)).context["form"]
    assert [words for each in form.errors.values() for words in each] == [told]


def test_saving_what_is_in_force_already_writes_nothing(owner: Client) -> None:
    publish(name="Trial")
    assert owner.post(PAGE, typed(name="Trial")).status_code == 302
    assert versions() == [(1, True)]
    assert "Nothing has changed." in words(owner.get(PAGE))
    assert not LogEntry.objects.filter(change_message__contains=CODE, user_id=owner.session["_auth_user_id"])


def test_what_somebody_else_wrote_meanwhile_is_looked_at_before_it_is_replaced(owner: Client) -> None:
    first = publish(name="One")
    second = publish(name="Two")
    response = owner.post(PAGE, typed(name="Three", seen=str(first.id)))
    assert response.status_code == 200
    assert "has changed since you opened this page" in words(response)
    assert response.context["form"]["name"].value() == "Three"
    assert in_force() == 2
    # The page that was shown knows it, so that saving once more replaces it.
    assert f'name="seen" value="{second.id}"' in response.content.decode()
    assert owner.post(PAGE, typed(name="Three", seen=str(second.id))).status_code == 302
    assert in_force() == 3


def test_history_shows_what_changed(owner: Client) -> None:
    publish(name="Trial")
    publish(name="Trial by Fire", techniques=[*shipped()["techniques"], "a long silence"])
    page = owner.get(PAGE).content.decode()
    assert "Trial<ins> by Fire</ins>" in page
    assert '<li class="is-added"><ins>a long silence</ins></li>' in page
    # The first is compared with what ships.
    assert "<del>Ordeal</del><ins>Trial</ins>" in page


def test_a_long_history_has_pages(owner: Client) -> None:
    for number in range(1, 23):
        publish(name=f"Wording {number}")
    newest = owner.get(PAGE)
    assert [each["line"].number for each in newest.context["versions"]] == list(range(22, 2, -1))
    assert f"{PAGE}?before=3#versions" in newest.content.decode()
    older = owner.get(f"{PAGE}?before=3")
    assert [each["line"].number for each in older.context["versions"]] == [2, 1]
    assert older.context["older"] is None
    # Whatever else stands in the address is the first page.
    assert owner.get(f"{PAGE}?before=soon").context["versions"][0]["line"].number == 22


def test_an_earlier_version_is_put_in_force_by_a_button(owner: Client) -> None:
    first, _second = publish(name="One"), publish(name="Two")
    assert put_in_force(first) in owner.get(PAGE).content.decode()
    assert owner.get(put_in_force(first)).status_code == 405
    assert in_force() == 2
    assert owner.post(put_in_force(first))["Location"] == PAGE
    assert in_force() == 1
    assert owner.post(f"{STAGES}{CODE}/{LANGUAGE}/put-in-force/{uuid4()}/").status_code == 404
    # Of another stage.
    assert owner.post(put_in_force(first).replace("/en/", "/ru/")).status_code == 404


def test_what_ships_is_put_in_force_by_a_button(owner: Client) -> None:
    assert WITHDRAW not in owner.get(PAGE).content.decode()
    publish(name="One")
    assert WITHDRAW in owner.get(PAGE).content.decode()
    assert owner.get(WITHDRAW).status_code == 405
    assert owner.post(WITHDRAW)["Location"] == PAGE
    assert (in_force(), versions()) == (None, [(1, False)])
    # Who put it back, the admin's log knows.
    noted = LogEntry.objects.filter(user_id=owner.session["_auth_user_id"], change_message__contains="ships")
    assert noted.count() == 1


def test_nothing_changes_without_the_cross_site_token(owner: Client) -> None:
    first, _second = publish(name="One"), publish(name="Two")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(pk=owner.session["_auth_user_id"]))
    for address, form in ((PAGE, typed(name="Three")), (put_in_force(first), {}), (WITHDRAW, {})):
        assert strict.post(address, form).status_code == 403
    assert versions() == [(1, False), (2, True)]


@pytest.mark.parametrize("address", [f"{STAGES}LUNCH/en/wording/", f"{STAGES}{CODE}/de/wording/"])
def test_a_stage_that_is_none_is_not_found(owner: Client, address: str) -> None:
    assert owner.get(address).status_code == 404
    assert owner.post(address.replace("wording", "withdraw")).status_code == 404
    assert owner.get(f"{STAGES}{uuid4()}/change/").status_code == 404


def test_staff_without_the_permission_see_no_stages(bot: Bot) -> None:
    version = publish(name="One")
    coach = browser(make_coach(bot))
    for address in (STAGES, PAGE, f"{STAGES}{version.id}/change/"):
        assert coach.get(address).status_code == 403
    for address, form in ((PAGE, typed(name="Two")), (put_in_force(version), {}), (WITHDRAW, {})):
        assert coach.post(address, form).status_code == 403
    assert versions() == [(1, True)]
    assert f'href="{STAGES}"' not in coach.get("/admin/").content.decode()


def test_whoever_changes_prompts_sees_the_stages_too(bot: Bot) -> None:
    manager = browser(make_coach(bot, role=Role.MANAGER))
    assert f'href="{STAGES}"' in manager.get("/admin/").content.decode()
    assert manager.get(PAGE).context["form"].fields["name"].disabled
    assert manager.post(PAGE, typed(name="Two")).status_code == 403


def test_staff_who_may_look_change_nothing() -> None:
    version = publish(name="One")
    reader = browser(allowed("view_stageversion"))
    page = reader.get(PAGE)
    assert page.context["form"].fields["name"].disabled
    assert "Put in force" not in words(page)
    assert "Use what ships" not in words(page)
    for address, form in ((PAGE, typed(name="Two")), (put_in_force(version), {}), (WITHDRAW, {})):
        assert reader.post(address, form).status_code == 403
    assert versions() == [(1, True)]


def test_staff_with_the_permission_change_stages_for_all_bots(bot: Bot) -> None:
    before = Bot.objects.get(id=bot.id).updated_at
    writer = browser(allowed("change_stageversion"))
    assert writer.post(PAGE, typed(name="Two")).status_code == 302
    assert in_force() == 1
    # They see no bot, and all bots follow.
    assert Bot.objects.get(id=bot.id).updated_at > before


def test_versions_are_neither_added_nor_deleted_by_hand(owner: Client) -> None:
    version = publish(name="One")
    assert owner.get(f"{STAGES}add/").status_code == 403
    assert owner.post(f"{STAGES}{version.id}/delete/", {"post": "yes"}).status_code == 403
    assert versions() == [(1, True)]


def test_markup_in_a_wording_is_only_text(owner: Client) -> None:
    publish(name=HOSTILE, description=HOSTILE, questions=[HOSTILE, "</textarea>Two?", "Three?"], author=None)
    for address in (STAGES, PAGE):
        page = owner.get(address).content.decode()
        assert HOSTILE not in page
        assert "</textarea>Two?" not in page
        assert "&lt;script&gt;alert" in page


# Steps and readiness


def test_steps_are_those_of_the_bots_that_one_may_see(bot: Bot, other_bot: Bot) -> None:
    mine, foreign = make_profile(bot, first_name="Mine"), make_profile(other_bot, first_name="Foreign")
    walk(mine, ORDINARY)
    walk(mine, CALL)
    walk(foreign, ORDINARY)
    coach = browser(make_coach(bot))
    rows = coach.get(STEPS).context["cl"].result_list
    assert [(each.profile_id, each.stage) for each in rows] == [(mine.id, CALL), (mine.id, ORDINARY)]
    page = words(coach.get(STEPS))
    assert "Mine" in page
    assert "Call to Adventure" in page
    assert "completed" in page
    assert "Foreign" not in page
    assert f"/admin/profiles/profile/{mine.id}/change/#journey" in coach.get(STEPS).content.decode()
    # A row has no page of its own: reading about a person is noted where their page is opened.
    assert coach.get(f"{STEPS}{rows[0].id}/change/").status_code == 403
    assert browser(make_coach()).get(STEPS).context["cl"].result_list == []


def test_steps_of_several_bots_are_put_together_newest_first(bot: Bot, other_bot: Bot) -> None:
    people = [make_profile(each) for each in (bot, other_bot, bot)]
    for person in people:
        walk(person, ORDINARY)
    both = browser(make_coach(bot, other_bot))
    rows = both.get(STEPS).context["cl"].result_list
    assert [each.profile_id for each in rows] == [each.id for each in reversed(people)]
    only = both.get(STEPS, {"bot": other_bot.slug}).context["cl"].result_list
    assert [each.profile_id for each in only] == [people[1].id]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"stage": CALL}, [CALL]),
        ({"outcome": "completed"}, [ORDINARY]),
        ({"outcome": "current"}, [CALL]),
        ({"stage": ORDINARY, "outcome": "disputed"}, []),
        ({"stage": "LUNCH_BREAK"}, [CALL, ORDINARY]),
    ],
)
def test_steps_are_narrowed_by_stage_and_outcome(
    bot: Bot, query: dict[str, str], expected: list[str]
) -> None:
    person = make_profile(bot)
    walk(person, ORDINARY)
    walk(person, CALL)
    rows = browser(make_coach(bot)).get(STEPS, query).context["cl"].result_list
    assert [each.stage for each in rows] == expected


def test_more_steps_cost_no_more_questions(bot: Bot) -> None:
    coach = browser(make_coach(bot))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert coach.get(STEPS).status_code == 200
            assert coach.get(READINESS).status_code == 200
        return len(queries)

    def somebody() -> None:
        person = make_profile(bot)
        walk(person, ORDINARY)
        found_ready(person, shadow=40)

    somebody()
    # The first page of a sign-in writes down where that was.
    asked()
    before = asked()
    for _each in range(3):
        somebody()
    assert asked() == before


def test_readiness_is_that_of_the_bots_that_one_may_see(bot: Bot, other_bot: Bot) -> None:
    mine, foreign = make_profile(bot, first_name="Mine"), make_profile(other_bot, first_name="Foreign")
    found_ready(mine, shadow=72, open_heart=40)
    found_ready(foreign, shadow=99)
    with in_bot(bot.id):
        choose_stream(bot_id=bot.id, profile_id=mine.id, slug="open-heart")
    response = browser(make_coach(bot)).get(READINESS)
    assert 'title="Transforming the Shadow 72 % · Opening the Heart 40 %"' in response.content.decode()
    page = words(response)
    assert "Mine" in page
    assert "Transforming the Shadow 72 %" in page
    assert "Opening the Heart" in page
    assert "Foreign" not in page
    assert "99 %" not in page


def test_names_of_people_are_only_text(bot: Bot) -> None:
    person = make_profile(bot, first_name=HOSTILE)
    walk(person, ORDINARY)
    found_ready(person, shadow=1)
    for address in (STEPS, READINESS):
        assert HOSTILE not in browser(make_coach(bot)).get(address).content.decode()


# The tab


def test_who_has_not_set_out_has_an_empty_way(bot: Bot) -> None:
    html = tab_of(browser(make_coach(bot)), make_profile(bot))
    assert "They have not set out yet" in read(html)
    assert "It has not been worked out yet" in read(html)
    assert html.count('class="is-ahead"') == 12
    assert "Step by step" not in html


def test_the_tab_shows_the_way_with_its_times_and_words(bot: Bot, stopped_clock: Clock) -> None:
    person = make_profile(bot)
    walk(person, ORDINARY, quotes=("Every evening is the same",))
    stopped_clock.advance(timedelta(days=3))
    walk(person, CALL, quotes=("I dream of the sea",))
    stopped_clock.advance(timedelta(hours=5))
    html = tab_of(browser(make_coach(bot)), person)
    page = read(html)
    for shown in (
        "1 of 12 completed",
        "confidence 70 %",
        "I dream of the sea",
        "Every evening is the same",
        "Ordinary World completed 3 days",
        "Call to Adventure now 5 hours",
    ):
        assert shown in page, shown
    assert html.count('aria-current="step"') == 1
    assert html.count('class="is-ahead"') == 10


def test_what_the_person_disputed_is_told(bot: Bot) -> None:
    person = make_profile(bot)
    walk(person, ORDINARY)
    walk(person, CALL)
    dispute(person, CALL)
    html = tab_of(browser(make_coach(bot)), person)
    assert 'class="is-disputed"' in html
    assert "“This is not me” Call to Adventure" in read(html)
    assert "disputed by the person" in read(html)


def test_stages_are_called_what_the_bots_call_them(bot: Bot) -> None:
    publish(code=ORDINARY, name="The Usual")
    person = make_profile(bot)
    walk(person, ORDINARY)
    assert "The Usual" in read(tab_of(browser(make_coach(bot)), person))


def test_readiness_is_drawn_and_told_in_words_and_in_a_table(bot: Bot, stopped_clock: Clock) -> None:
    person = make_profile(bot)
    found_ready(person, shadow=20, open_heart=60)
    stopped_clock.advance(timedelta(days=10))
    found_ready(person, shadow=72, open_heart=55)
    html = tab_of(browser(make_coach(bot)), person)
    assert '<path d="M0.00 80.00L100.00 28.00"/>' in html
    assert '<path d="M0.00 40.00L100.00 45.00"/>' in html
    assert "Transforming the Shadow: 20 % → 72 %. Opening the Heart: 60 % → 55 %." in html
    page = read(html)
    assert "When Transforming the Shadow Opening the Heart" in page
    assert "72 % 55 %" in page
    assert "because of shadow I want it" in page


def test_words_of_people_and_models_are_only_text_in_the_tab(bot: Bot) -> None:
    person = make_profile(bot)
    walk(person, ORDINARY, quotes=(HOSTILE,))
    with in_bot(bot.id):
        keep_readiness(
            bot_id=bot.id,
            profile_id=person.id,
            streams=[StreamReadiness('"><img src=x>', 10, HOSTILE, HOSTILE)],
            digest="d",
        )
    html = tab_of(browser(make_coach(bot)), person)
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") == 4


def test_the_way_of_another_bots_person_is_not_shown(bot: Bot, other_bot: Bot) -> None:
    foreign = make_profile(other_bot)
    walk(foreign, MENTOR, quotes=("A secret",))
    response = browser(make_coach(bot)).get(f"/admin/profiles/profile/{foreign.id}/change/", follow=True)
    assert "A secret" not in response.content.decode()


def test_a_very_long_way_is_cut(bot: Bot, stopped_clock: Clock) -> None:
    person = make_profile(bot)
    for _round in range(26):
        for stage in (ORDINARY, REFUSAL):
            stopped_clock.advance(timedelta(hours=1))
            walk(person, stage, 0.95)
    html = tab_of(browser(make_coach(bot)), person)
    assert "older are not shown" in read(html)
    assert html.count("I have had enough of waiting") <= 51


# The chart


def test_a_single_reading_stands_in_the_middle_and_percents_stay_on_the_chart(stopped_clock: Clock) -> None:
    at = stopped_clock.now()
    assert lines([]) == ()
    one, other = lines([(at, {"a": -5, "b": 120})])
    assert [(each.slug, each.path) for each in (one, other)] == [
        ("b", "M50.00 0.00"),
        ("a", "M50.00 100.00"),
    ]


def test_a_stream_that_came_later_begins_later(stopped_clock: Clock) -> None:
    at = stopped_clock.now()
    readings = [
        (at, {"a": 10}),
        (at + timedelta(days=1), {"a": 20, "b": 90}),
        (at + timedelta(days=4), {"b": 80}),
    ]
    later, early = lines(readings)
    assert (later.slug, later.path, later.first, later.last) == ("b", "M25.00 10.00L100.00 20.00", 90, 80)
    assert (early.slug, early.path) == ("a", "M0.00 90.00L25.00 80.00")
