"""People and streams in the admin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot
from bots.roles import Role
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from journey.stages import stages
from profiles.admin.panels import Panel, _panels, add_panel
from profiles.admin.stages import STAGES
from profiles.contracts import Found, NewPortrait
from profiles.models import (
    ActivityLog,
    ArchivedActivity,
    ChannelPost,
    Consent,
    LinkedChannel,
    Profile,
    Stream,
)
from profiles.selectors.findings_of import findings_of
from profiles.selectors.versions_of import versions_of
from profiles.services.drop_finding import drop_finding
from profiles.services.keep_findings import keep_findings
from profiles.services.keep_portrait import keep_portrait
from profiles.services.link_channel import link_channel
from tests.cast import make_profile
from tests.web.people import browser, make_coach, make_user

PEOPLE, STREAMS = "/admin/profiles/profile/", "/admin/profiles/stream/"
SENT = {"_form_submitted": "true"}
HOSTILE = '<script>alert("x")</script>\u202egnirts'


def carer(*bots: Bot) -> User:
    """A coach who may also change something about people."""
    return make_coach(*bots)


def page_of(person: Profile | UUID) -> str:
    return f"{PEOPLE}{person.id if isinstance(person, Profile) else person}/change/"


def whole_page_of(client: Client, person: Profile) -> str:
    """The page, and all that comes behind it: the rest of the overview and each tab."""
    page = client.get(page_of(person)).content.decode()
    codes = re.findall(r'data-code="([a-z-]+)"', page)
    assert codes[0] == "overview"
    return page + "".join(panel(client, person, code) for code in codes)


def panel(client: Client, person: Profile, code: str, **query: str) -> str:
    response = client.get(f"{PEOPLE}{person.id}/panel/{code}/", query)
    assert response.status_code == 200
    return str(response.content.decode())


def stored(person: Profile) -> Profile:
    with in_bot(person.bot_id):
        return Profile.objects.for_bot(person.bot_id).get(id=person.id)


def events(person: Profile) -> list[tuple[str, Any]]:
    with in_bot(person.bot_id):
        rows = Event.objects.for_bot(person.bot_id).filter(profile_id=person.id).order_by("created_at", "id")
        return list(rows.values_list("kind", "payload"))


def html(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def names(client: Client, **query: Any) -> list[str]:
    """The people on the page, from top to bottom."""
    response = client.get(PEOPLE, query)
    assert response.status_code == 200
    return [person.first_name for person in response.context["cl"].result_list]


def questions(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len([each for each in queries if " FROM " in each["sql"]])


# The list


def test_staff_see_the_people_of_their_bots_and_nobody_else(bot: Bot, other_bot: Bot) -> None:
    make_profile(bot, first_name="Mine")
    foreign = make_profile(other_bot, first_name="Foreign")
    coach = browser(make_coach(bot))
    page = coach.get(PEOPLE).content.decode()
    assert "Mine" in page
    assert "Foreign" not in page
    assert other_bot.name not in page
    assert coach.get(page_of(foreign)).status_code == 404
    assert names(browser(make_coach()), q="Foreign") == []
    assert browser(make_user(staff=False)).get(PEOPLE).status_code == 302


def test_the_list_shows_who_somebody_is_and_how_they_are(bot: Bot, stopped_clock: Clock) -> None:
    make_profile(
        bot,
        telegram_id=770_001,
        first_name="Вера",
        last_name="Орлова",
        username="vera_o",
        journey_stage="ORDEAL",
        streams=["shadow", "gone"],
        profile_updated_at=clock.now() - timedelta(days=8),
        last_seen_at=clock.now() - timedelta(hours=3),
        paused_at=clock.now(),
    )
    page = browser(make_coach(bot)).get(PEOPLE).content.decode()
    for shown in (
        "Вера Орлова",
        "@vera_o · 770001",
        bot.name,
        "Ordeal",
        "Transforming the Shadow",
        "gone",
        "1\xa0week ago",
        "3\xa0hours ago",
        "paused",
    ):
        assert shown in page, shown


def test_people_stand_in_the_order_in_which_they_were_seen_over_all_bots(
    bot: Bot, other_bot: Bot, stopped_clock: Clock
) -> None:
    now = clock.now()
    for minutes, each in enumerate((bot, other_bot, bot, other_bot, bot)):
        make_profile(each, first_name=f"P{minutes}", last_seen_at=now - timedelta(minutes=minutes))
    assert names(browser(make_coach(bot, other_bot))) == ["P0", "P1", "P2", "P3", "P4"]
    assert names(browser(make_coach(bot, other_bot)), bot=other_bot.slug) == ["P1", "P3"]


def test_so_many_bots_that_each_is_not_asked_look_the_same(
    bot: Bot, other_bot: Bot, stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for minutes, each in enumerate((bot, other_bot, bot)):
        make_profile(each, first_name=f"P{minutes}", last_seen_at=clock.now() - timedelta(minutes=minutes))
    coach = browser(make_coach(bot, other_bot))
    few = names(coach)
    monkeypatch.setattr("profiles.admin.pages._MOST_BOTS", 1)
    assert names(coach) == few == ["P0", "P1", "P2"]


def test_pages_go_on_where_the_one_before_ended(bot: Bot, other_bot: Bot, stopped_clock: Clock) -> None:
    now = clock.now()
    for number in range(120):
        make_profile(
            (bot, other_bot)[number % 2],
            first_name=f"P{number}",
            last_seen_at=now - timedelta(minutes=number),
        )
    coach = browser(make_coach(bot, other_bot))
    pages = [names(coach, p=number) for number in (1, 2, 3)]
    assert [len(each) for each in pages] == [50, 50, 20]
    assert [name for page in pages for name in page] == [f"P{number}" for number in range(120)]
    assert names(coach, p=4) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"stage": "ORDEAL"}, ["Ordeal"]),
        ({"stage": "-"}, ["Plain", "English", "Paused", "Blocked", "Young", "Stranger", "Stale", "Old"]),
        ({"stage": "nonsense"}, 9),
        ({"language": "en"}, ["English"]),
        ({"seen": "month"}, 8),
        ({"seen": "before"}, ["Old"]),
        ({"portrait": "fresh"}, ["Plain"]),
        ({"portrait": "stale"}, ["Stale"]),
        ({"portrait": "none"}, 7),
        ({"who": "paused"}, ["Paused"]),
        ({"who": "blocked"}, ["Blocked"]),
        ({"who": "underage"}, ["Young"]),
        ({"who": "stranger"}, ["Stranger"]),
        ({"who": "reachable"}, 6),
    ],
)
def test_the_list_can_be_narrowed(
    bot: Bot, stopped_clock: Clock, query: dict[str, str], found: list[str] | int
) -> None:
    now = clock.now()
    people: dict[str, dict[str, Any]] = {
        "Plain": {"profile_updated_at": now},
        "English": {"language": "en"},
        "Ordeal": {"journey_stage": "ORDEAL"},
        "Paused": {"paused_at": now},
        "Blocked": {"is_active": False},
        "Young": {"is_underage": True, "consented_at": None},
        "Stranger": {"consented_at": None},
        "Stale": {"profile_updated_at": now - timedelta(days=9)},
        "Old": {"last_seen_at": now - timedelta(days=60)},
    }
    for minutes, (name, fields) in enumerate(people.items()):
        seen = now - timedelta(minutes=minutes)
        make_profile(bot, **{"first_name": name, "language": "ru", "last_seen_at": seen, **fields})
    shown = names(browser(make_coach(bot)), **query)
    assert (shown if isinstance(found, list) else len(shown)) == found


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("770002", ["Борис"]),
        ("77000", []),
        ("@vera", ["Вера"]),
        ("vera_or", ["Вера"]),
        ("https://t.me/Vera_Orlova", ["Вера"]),
        ("@orlova", []),
        ("вер", ["Вера"]),
        ("орлов", ["Борис", "Вера"]),
        ("вера о", ["Вера"]),
        ("ера", []),
        ("%", []),
        ("_era", []),
        ("9" * 50, []),
        ("\u202e", []),
    ],
)
def test_somebody_is_found_by_number_username_and_the_beginning_of_a_name(
    bot: Bot, other_bot: Bot, stopped_clock: Clock, term: str, found: list[str]
) -> None:
    vera = {"telegram_id": 770_001, "first_name": "Вера", "last_name": "Орлова", "username": "Vera_Orlova"}
    make_profile(bot, **vera)
    make_profile(other_bot, **{**vera, "first_name": "Foreign"})
    boris = {"telegram_id": 770_002, "first_name": "Борис", "last_name": "Орлов", "username": "boris"}
    make_profile(bot, **boris, last_seen_at=clock.now() + timedelta(minutes=1))
    assert names(browser(make_coach(bot)), q=term) == found


def test_who_was_seen_long_ago_is_found_by_their_whole_username(
    bot: Bot, stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.selectors.find_people.LOOKED_AT", 1)
    monkeypatch.setattr("profiles.selectors.find_people._LEAST_A_BOT", 1)
    make_profile(bot, first_name="Lost", username="Lost_One", last_seen_at=clock.now() - timedelta(days=900))
    make_profile(bot, first_name="Here", username="here")
    coach = browser(make_coach(bot))
    for term, found in (("@here", ["Here"]), ("@lost_one", ["Lost"]), ("@lost", []), ("lost", [])):
        assert names(coach, q=term) == found


def test_a_page_of_many_takes_as_many_questions_as_one_of_few(bot: Bot, other_bot: Bot) -> None:
    coach = browser(make_coach(bot, other_bot))
    make_profile(bot, streams=["shadow"])
    questions(coach, PEOPLE)
    few = questions(coach, PEOPLE)
    for number in range(30):
        make_profile((bot, other_bot)[number % 2], streams=["shadow", "hero-path"], journey_stage="REWARD")
    assert questions(coach, PEOPLE) == few


# A person's page


@pytest.fixture
def vera(bot: Bot, stopped_clock: Clock) -> Profile:
    """Somebody of whom much is known."""
    person = make_profile(
        bot,
        telegram_id=770_001,
        first_name="Вера",
        last_name="Орлова",
        username="vera_o",
        source="spring-ad",
        journey_stage="REFUSAL",
        bio="учу музыке",
        metaphysical_profile={"light": -40},
        markers={"interested_stream": "shadow"},
        has_started_journey=True,
        started_journey_at=clock.now() - timedelta(days=3),
    )
    asked: dict[str, Any] = {"bot_id": bot.id, "profile_id": person.id}
    with in_bot(bot.id):
        Consent.objects.create(bot=bot, profile=person, terms="2026-11", language="ru", given_at=clock.now())
        keep_portrait(
            **asked, portrait=NewPortrait("Она ждёт.", ("shadow",), "впервые", ("хор",)), origin="rotation"
        )
        keep_portrait(
            **asked, portrait=NewPortrait("Она действует.", ("hero-path",), "решилась"), origin="visit"
        )
        keep_findings(
            **asked,
            found=[Found("location", "Казань", "Я переехала в Казань."), Found("theme", "вина")],
            origin="said",
        )
        guilt = next(each for each in findings_of(**asked) if each.kind == "theme")
        drop_finding(**asked, finding_id=guilt.id)
        link_channel(**asked, channel_id=-100_500, title="Вера поёт")
        ChannelPost.objects.create(
            bot=bot,
            profile=person,
            channel_id=-100_500,
            telegram_message_id=1,
            text="Сегодня пели в парке",
            posted_at=clock.now(),
        )
        for number in range(60):
            ActivityLog.objects.create(
                bot=bot,
                profile=person,
                kind="command",
                details={"name": f"step_{number}"},
                created_at=clock.now() - timedelta(minutes=number),
            )
        ArchivedActivity.objects.create(
            bot=bot,
            profile=person,
            kind="message",
            details={"name": "long_ago"},
            created_at=clock.now() - timedelta(days=200),
            archived_at=clock.now(),
        )
    return person


def test_a_persons_page_shows_all_that_is_known(bot: Bot, vera: Profile) -> None:
    page = whole_page_of(browser(make_coach(bot, role=Role.READ_ONLY)), vera)
    for shown in (
        "Вера Орлова",
        "@vera_o",
        "Refusal of the Call",
        "Она действует.",
        "Hero&#x27;s Path",
        "<ins> действует.</ins>",
        "<del> ждёт.</del>",
        "решилась",
        "Казань",
        "Я переехала в Казань.",
        "said in a conversation",
        "The person has struck out one line",
        "3\xa0days ago",
        "interested_stream",
        "Transforming the Shadow",
        "2026-11 (ru)",
        "spring-ad",
        "Вера поёт",
        "Сегодня пели в парке",
        "name: step_0",
        "60 in the log",
        "учу музыке",
        '<circle cx="30%"',
    ):
        assert shown in page, shown
    assert "вина" not in page
    # Who may only look has no buttons.
    assert "Put in force again" not in page
    assert "write-summary" not in page


def test_somebody_of_whom_nothing_is_known_has_a_page_too(bot: Bot) -> None:
    stranger = make_profile(bot, consented_at=None, first_name="", telegram_id=770_404)
    page = whole_page_of(browser(carer(bot)), stranger)
    for shown in ("770404", "no consent", "They have agreed to nothing.", "There is none yet"):
        assert shown in page
    assert "write-summary" not in page


def test_what_people_call_themselves_is_only_shown(bot: Bot) -> None:
    person = make_profile(
        bot, first_name=HOSTILE, last_name=HOSTILE, username=HOSTILE[:30], bio=HOSTILE, source=HOSTILE[:60]
    )
    asked: dict[str, Any] = {"bot_id": bot.id, "profile_id": person.id}
    with in_bot(bot.id):
        Profile.objects.for_bot(bot.id).filter(id=person.id).update(
            psychological_summary=HOSTILE,
            interests=[HOSTILE],
            markers={HOSTILE: [HOSTILE]},
            journey_stage="<i>stage</i>",
            streams=["<b>stream</b>"],
        )
        keep_portrait(**asked, portrait=NewPortrait(f"{HOSTILE} more", (), HOSTILE), origin="rotation")
        LinkedChannel.objects.create(
            bot=bot, profile=person, channel_id=-5, title=HOSTILE, linked_at=clock.now()
        )
        ChannelPost.objects.create(
            bot=bot, profile=person, channel_id=-5, telegram_message_id=1, text=HOSTILE, posted_at=clock.now()
        )
        ActivityLog.objects.create(
            bot=bot, profile=person, kind="<u>act</u>", details={HOSTILE: HOSTILE}, created_at=clock.now()
        )
    owner = browser(make_user(superuser=True))
    for page in (html(owner, PEOPLE), html(owner, f"{PEOPLE}?bot={bot.slug}"), whole_page_of(owner, person)):
        for markup in ("<script>alert", "<i>stage", "<b>stream", "<u>act"):
            assert markup not in page
        # In names, which stand in lines of ours, nothing turns the text around.
        assert "<title>" not in page or "\u202e" not in page.partition("</title>")[0]
    head = page.partition('role="tablist"')[0]
    assert "\u202e" not in head
    assert "&lt;script&gt;alert" in head


def test_reading_somebodys_page_is_kept_once_an_hour(bot: Bot, vera: Profile, stopped_clock: Clock) -> None:
    first, second = make_coach(bot), make_coach(bot)
    before = len(events(vera))
    for reader in (first, first, second):
        browser(reader).get(page_of(vera))
    assert events(vera)[before:] == [("profile.read", {"by": first.pk}), ("profile.read", {"by": second.pk})]
    stopped_clock.advance(timedelta(hours=2))
    browser(first).get(page_of(vera))
    assert events(vera)[-1] == ("profile.read", {"by": first.pk})
    assert len(events(vera)) == before + 3


def test_older_activity_comes_as_one_scrolls_and_the_archive_when_asked_for(bot: Bot, vera: Profile) -> None:
    coach = browser(make_coach(bot))
    page = panel(coach, vera, "activity")
    seen: list[str] = []
    while True:
        seen += re.findall(r"name: (step_\d+)<", page)
        following = re.search(r'hx-get="([^"]+)" hx-trigger="intersect once"', page)
        if following is None:
            break
        page = html(coach, unescape(following[1]))
    assert seen == [f"step_{number}" for number in range(60)]
    archive = panel(coach, vera, "activity", archive="1")
    assert ("long_ago" in archive, "name: step_0" in archive) == (True, False)
    for nonsense in ("x", "2026-01-01~x", "2026-01-01T00:00:00~", f"{clock.now().isoformat()}~1"):
        assert coach.get(f"{PEOPLE}{vera.id}/acts/", {"before": nonsense}).status_code == 200


def test_a_page_and_what_comes_behind_it_take_twelve_questions_at_most(bot: Bot, vera: Profile) -> None:
    coach = browser(make_coach(bot))
    little = make_profile(bot)
    panels = [
        f"panel/{code}/" for code in ("overview", "portrait", "journey", "sessions", "activity", "alerts")
    ]
    for behind in ("change/", *panels):
        addresses = [f"{PEOPLE}{person.id}/{behind}" for person in (little, vera)]
        for address in addresses:
            questions(coach, address)
        few, many = (questions(coach, address) for address in addresses)
        assert many == few, behind
        # The page asks how things stand past the ORM, which nobody counts here.
        assert many + (behind == "change/") <= 12, behind


def test_nothing_of_a_person_can_be_added_changed_or_deleted_by_hand(owner: Client, vera: Profile) -> None:
    assert owner.get(f"{PEOPLE}add/").status_code == 403
    assert owner.post(page_of(vera), {"first_name": "x"}).status_code == 403
    assert owner.post(f"{PEOPLE}{vera.id}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in owner.get(PEOPLE).content.decode()
    assert stored(vera).first_name == "Вера"


def test_a_room_above_adds_a_tab(bot: Bot, vera: Profile) -> None:
    seen: list[UUID] = []

    def context(request: Any, person: Profile) -> dict[str, Any]:
        seen.append(person.id)
        return {"panels": [], "struck_out": 7, "lines": []}

    add_panel(Panel("journey-test", "Their way", "profiles/panels/known.html", context, 30))
    try:
        coach = browser(make_coach(bot))
        page = coach.get(page_of(vera)).content.decode()
        # Nobody has opened it yet.
        assert seen == []
        shown = panel(coach, vera, "journey-test")
    finally:
        del _panels["journey-test"]
    assert page.index("tab-known") < page.index("tab-journey-test") < page.index("tab-funnel")
    assert "has struck out 7 lines" in shown
    assert seen == [vera.id]


# What staff can do


def act(client: Client, person: Profile, button: str, **typed: Any) -> int:
    return client.post(f"{PEOPLE}{person.id}/{button}/", {**SENT, **typed}).status_code


def test_a_version_is_put_in_force_again(bot: Bot, vera: Profile) -> None:
    coach = carer(bot)
    with in_bot(bot.id):
        first = versions_of(bot_id=bot.id, profile_id=vera.id)[-1]
    address = f"{PEOPLE}{vera.id}/restore/{first.id}/"
    assert f'action="{address}"' in panel(browser(coach), vera, "portrait")
    response = browser(coach).post(address)
    assert (response.status_code, response["Location"]) == (302, f"{page_of(vera)}#portrait")
    assert (stored(vera).psychological_summary, stored(vera).streams) == ("Она ждёт.", ["shadow"])
    with in_bot(bot.id):
        latest = versions_of(bot_id=bot.id, profile_id=vera.id)[0]
    assert (latest.number, latest.origin, latest.author) == (3, "restored", coach.username)
    # Once more changes nothing, and a mere link never does.
    browser(coach).post(address)
    assert browser(coach).get(address).status_code == 405
    assert events(vera)[-1][1]["version"] == 3


def test_a_summary_is_written_by_hand(bot: Bot, vera: Profile) -> None:
    coach = carer(bot)
    client = browser(coach)
    dialog = client.get(f"{PEOPLE}{vera.id}/write-summary/").content.decode()
    assert "Она действует." in dialog
    assert act(client, vera, "write-summary", summary="Она свободна.\r\nПочти.") == 302
    assert stored(vera).psychological_summary == "Она свободна.\nПочти."
    assert events(vera)[-1] == (
        "profile.updated",
        {"fields": ["psychological_summary"], "version": 3, "origin": "staff", "by": coach.pk},
    )


def test_a_button_of_nobodys_page_leads_nowhere(bot: Bot) -> None:
    client = browser(carer(bot))
    for nobody in ("nonsense", str(uuid4())):
        response = client.post(f"{PEOPLE}{nobody}/write-summary/", {**SENT, "summary": "x"})
        assert response.status_code == 404
        assert client.get(f"{PEOPLE}{nobody}/write-summary/").status_code == 404
    assert names(client, bot="nobodys-bot") == []


def test_a_purchase_is_noted(bot: Bot, vera: Profile) -> None:
    client = browser(carer(bot))
    assert "Opening the Heart" in client.get(f"{PEOPLE}{vera.id}/note-purchase/").content.decode()
    assert act(client, vera, "note-purchase", stream="tarot") == 200
    assert stored(vera).has_purchased_stream is False
    assert act(client, vera, "note-purchase", stream="open-heart") == 302
    row = stored(vera)
    assert (row.has_purchased_stream, row.markers["purchased_streams"]) == (True, ["open-heart"])
    assert "Opening the Heart" in panel(client, vera, "overview")


def test_somebody_is_paused_and_resumed(bot: Bot, vera: Profile) -> None:
    coach = carer(bot)
    client = browser(coach)

    def offered() -> tuple[bool, bool]:
        page = client.get(page_of(vera)).content.decode()
        return f"{vera.id}/pause/" in page, f"{vera.id}/resume/" in page

    assert offered() == (True, False)
    assert act(client, vera, "pause") == 302
    assert (stored(vera).paused_at, offered()) == (clock.now(), (False, True))
    assert act(client, vera, "resume") == 302
    assert (stored(vera).paused_at, offered()) == (None, (True, False))
    kinds = [each for each in events(vera) if each[0] in ("profile.paused", "profile.resumed")]
    assert kinds == [("profile.paused", {"by": coach.pk}), ("profile.resumed", {"by": coach.pk})]


def test_who_was_taken_for_under_18_may_agree_again(bot: Bot) -> None:
    young = make_profile(bot, is_underage=True, consented_at=None)
    client = browser(carer(bot))
    page = client.get(page_of(young)).content.decode()
    assert "lift-under-18" in page
    assert act(client, young, "lift-under-18") == 302
    row = stored(young)
    assert (row.is_underage, row.consented_at) == (False, None)
    assert "lift-under-18" not in client.get(page_of(young)).content.decode()


def test_a_channel_is_linked_and_unlinked(bot: Bot, vera: Profile) -> None:
    client = browser(carer(bot))
    for unfit in ("", "@vera", "5", "0"):
        assert act(client, vera, "link-channel", channel_id=unfit) == 200
    assert act(client, vera, "link-channel", channel_id="-1009", title="Second") == 302
    page = panel(client, vera, "channels")
    assert "Second" in page
    address = f"{PEOPLE}{vera.id}/unlink/-100500/"
    assert f'action="{address}"' in page
    response = client.post(address)
    assert (response.status_code, response["Location"]) == (302, f"{page_of(vera)}#channels")
    assert client.post(address).status_code == 302
    with in_bot(bot.id):
        assert [each.channel_id for each in LinkedChannel.objects.for_bot(bot.id)] == [-1009]
        assert not ChannelPost.objects.for_bot(bot.id).exists()
    for nonsense in ("x", "--5", "9" * 30, "-٢"):
        assert client.post(f"{PEOPLE}{vera.id}/unlink/{nonsense}/").status_code == 404


BUTTONS: list[tuple[str, dict[str, Any]]] = [
    ("write-summary", {"summary": "x"}),
    ("note-purchase", {"stream": "shadow"}),
    ("link-channel", {"channel_id": "-7"}),
    ("pause", {}),
    ("resume", {}),
    ("lift-under-18", {}),
    ("restore/5f0c2b1e-7d0a-4a53-9f0e-0d6f5d1c9a11", {}),
    ("unlink/-100500", {}),
]


@pytest.mark.parametrize(("button", "typed"), BUTTONS)
def test_who_may_only_look_changes_nothing(
    bot: Bot, vera: Profile, button: str, typed: dict[str, Any]
) -> None:
    before = events(vera)
    assert act(browser(make_coach(bot, role=Role.READ_ONLY)), vera, button, **typed) == 403
    assert events(vera) == before


@pytest.mark.parametrize(("button", "typed"), BUTTONS)
def test_who_sees_another_bot_changes_nothing(
    other_bot: Bot, vera: Profile, button: str, typed: dict[str, Any]
) -> None:
    before = events(vera)
    assert act(browser(carer(other_bot)), vera, button, **typed) == 404
    assert events(vera) == before


def test_the_admins_own_log_holds_no_names_of_people(bot: Bot, vera: Profile) -> None:
    before = LogEntry.objects.count()
    client = browser(carer(bot))
    act(client, vera, "pause")
    act(client, vera, "write-summary", summary="x")
    assert LogEntry.objects.count() == before


# Streams


@pytest.fixture
def slug(as_staff: None) -> Iterator[str]:
    slug = f"stream-{uuid4().hex[:8]}"
    yield slug
    Stream.objects.filter(slug=slug).delete()


def typed(slug: str, **more: str) -> dict[str, str]:
    return {
        "slug": slug,
        "position": "9",
        "is_offered": "on",
        "name_ru": "Поток",
        "name_en": "Stream",
        "description_ru": "",
        "description_en": "",
        "url": "",
    } | more


def test_an_owner_adds_changes_and_withdraws_a_stream(owner: Client, bot: Bot, slug: str) -> None:
    assert owner.post(f"{STREAMS}add/", typed(slug)).status_code == 302
    stream = Stream.objects.get(slug=slug)
    assert (stream.name_ru, stream.is_offered) == ("Поток", True)
    Bot.objects.filter(id=bot.id).update(updated_at=clock.now() - timedelta(days=1))
    before = Bot.objects.get(id=bot.id).updated_at

    address = f"{STREAMS}{stream.id}/change/"
    changed = typed("another-slug", name_en="New name", url="https://relove.example/s")
    assert owner.post(address, changed).status_code == 302
    stream.refresh_from_db()
    assert (stream.slug, stream.name_en, stream.url) == (slug, "New name", "https://relove.example/s")
    # A running bot compares it.
    assert Bot.objects.get(id=bot.id).updated_at > before

    assert owner.get(f"{STREAMS}{stream.id}/withdraw/").status_code == 200
    assert owner.post(f"{STREAMS}{stream.id}/withdraw/", SENT).status_code == 302
    assert Stream.objects.get(slug=slug).is_offered is False
    assert owner.post(f"{STREAMS}{uuid4()}/withdraw/", SENT).status_code == 404
    assert owner.post(f"{STREAMS}{stream.id}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"slug": "hero-path"}, "already"),
        ({"slug": "UPPER"}, "small letters"),
        ({"url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"url": "ftp://relove.example"}, "begins with https"),
        ({"name_ru": ""}, "This field is required"),
    ],
)
def test_a_stream_that_cannot_be_is_refused_in_words(
    owner: Client, slug: str, more: dict[str, str], said: str
) -> None:
    count = Stream.objects.count()
    response = owner.post(f"{STREAMS}add/", typed(slug) | more)
    assert response.status_code == 200
    assert said in response.content.decode()
    assert Stream.objects.count() == count


def test_staff_see_streams_and_change_none(bot: Bot) -> None:
    coach = browser(carer(bot))
    stream = Stream.objects.get(slug="shadow")
    assert "Transforming the Shadow" in coach.get(STREAMS).content.decode()
    assert coach.get(f"{STREAMS}{stream.id}/change/").status_code == 200
    assert coach.post(f"{STREAMS}{stream.id}/change/", typed("shadow")).status_code == 403
    assert coach.post(f"{STREAMS}{stream.id}/withdraw/", SENT).status_code == 403
    assert coach.get(f"{STREAMS}add/").status_code == 403
    assert Stream.objects.get(slug="shadow").is_offered


def test_stages_are_called_as_on_the_journey() -> None:
    assert {code: str(name) for code, name in STAGES.items()} == {
        each.code.value: each.name for each in stages("en")
    }


def test_what_a_diagnostic_found_stands_in_the_words_of_the_page(bot: Bot) -> None:
    person = make_profile(bot, psychotype="emotional", journey_stage="ORDEAL")
    coach = browser(make_coach(bot))
    for behind in ("change/", "panel/portrait/"):
        shown = coach.get(f"{PEOPLE}{person.id}/{behind}", headers={"Accept-Language": "ru"}).content.decode()
        assert ("эмоциональный" in shown, "emotional" in shown) == (True, False)
