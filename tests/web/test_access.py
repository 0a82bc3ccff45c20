"""What one's role in a bot opens and closes, page by page, under one's own hands and with edited addresses."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Alert, Bot, BotAccess, BotMetricDay
from bots.roles import Role
from bots.services.raise_alert import raise_alert
from care.models import RotationRun
from core.clock import clock
from core.tenancy import in_bot
from mailbox.models import InboundUpdate
from profiles.models import Profile
from tests.cast import make_profile
from tests.web.people import browser, make_coach, make_user
from tests.web.test_bots_admin import changed, page_of
from tests.web.test_queues_pages import heard

PEOPLE = "/admin/profiles/profile/"
SENT = {"_form_submitted": "true"}
OF_PEOPLE = (
    PEOPLE,
    "/admin/profiles/activitylog/",
    "/admin/journey/journeyprogress/",
    "/admin/journey/readiness/",
    "/admin/care/proactivemessage/",
)
OF_FIGURES = (
    "/admin/",
    "/admin/bots/bot/",
    "/admin/bots/botmetricday/",
    "/admin/care/rotationrun/",
    "/admin/bots/alert/",
)


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot, first_name="Verochka")


def as_role(bot: Bot, role: Role) -> Client:
    return browser(make_coach(bot, role=role))


def links(client: Client) -> set[str]:
    groups = client.get("/admin/").context["sidebar_navigation"]
    return {str(item["link"]) for group in groups for item in group["items"]}


@pytest.mark.parametrize("address", OF_PEOPLE)
def test_an_analyst_is_shown_nobody(bot: Bot, vera: Profile, address: str) -> None:
    assert as_role(bot, Role.ANALYST).get(address).status_code == 403


def test_a_persons_page_is_closed_to_an_analyst(bot: Bot, vera: Profile) -> None:
    analyst = as_role(bot, Role.ANALYST)
    for address in (f"{PEOPLE}{vera.id}/change/", f"{PEOPLE}{vera.id}/pause/"):
        for response in (analyst.get(address), analyst.post(address, SENT)):
            assert response.status_code in {403, 404}
            assert "Verochka" not in response.content.decode()


def test_an_analyst_of_one_bot_who_coaches_another_sees_the_people_of_that_one(
    bot: Bot, other_bot: Bot, vera: Profile
) -> None:
    boris = make_profile(other_bot, first_name="Borya")
    person = make_coach(bot, role=Role.ANALYST)
    BotAccess.objects.create(user=person, bot=other_bot, role=Role.COACH)
    client = browser(person)
    page = client.get(PEOPLE).content.decode()
    assert ("Borya" in page, "Verochka" in page, bot.slug in page) == (True, False, False)
    assert client.get(f"{PEOPLE}{boris.id}/change/").status_code == 200
    assert client.get(f"{PEOPLE}{vera.id}/change/").status_code == 404


@pytest.mark.parametrize("address", OF_FIGURES)
def test_an_analyst_sees_the_figures_of_the_bot(bot: Bot, address: str) -> None:
    with in_bot(bot.id):
        BotMetricDay.objects.create(bot=bot, day=date(2026, 3, 1), name="turns", count=1, total=1, largest=1)
        RotationRun.objects.create(bot=bot, trigger="daily", wanted_at=clock.now())
    raise_alert(kind="bot_deaf", subject="it hears nothing", bot_id=bot.id)
    page = as_role(bot, Role.ANALYST).get(address)
    assert page.status_code == 200
    assert bot.name in page.content.decode()
    assert bot.name not in browser(make_coach()).get(address).content.decode()


def test_the_sidebar_shows_the_doors_that_are_open(bot: Bot) -> None:
    coach, analyst = links(as_role(bot, Role.COACH)), links(as_role(bot, Role.ANALYST))
    assert set(OF_PEOPLE) <= coach
    assert set(OF_FIGURES) <= coach & analyst
    assert not set(OF_PEOPLE) & analyst
    assert "/admin/auth/user/" not in coach


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 302),
        (Role.MANAGER, 302),
        (Role.COACH, 403),
        (Role.ANALYST, 403),
        (Role.READ_ONLY, 403),
    ],
)
def test_who_starts_and_changes_a_bot(bot: Bot, role: Role, status: int) -> None:
    client = as_role(bot, role)
    assert client.post(f"/admin/bots/bot/{bot.id}/start/", SENT).status_code == status
    assert client.post(page_of(bot), changed(bot, name="Renamed")).status_code == status
    fresh = Bot.objects.get(id=bot.id)
    done = ("running", "Renamed") if status == 302 else ("stopped", bot.name)
    assert (fresh.wanted_state, fresh.name) == done


def test_a_selection_is_acted_upon_only_where_the_role_allows_it(bot: Bot, other_bot: Bot) -> None:
    person = make_coach(bot, role=Role.MANAGER)
    BotAccess.objects.create(user=person, bot=other_bot, role=Role.COACH)
    response = browser(person).post(
        "/admin/bots/bot/",
        {"action": "restart_selected", "_selected_action": [str(bot.id), str(other_bot.id)]},
    )
    said = {str(each) for each in get_messages(response.wsgi_request)}
    assert said == {f"“{bot.name}”: done.", f"Your role in “{other_bot.name}” does not allow this."}
    generations = [Bot.objects.get(id=each.id).generation for each in (bot, other_bot)]
    assert generations == [bot.generation + 1, other_bot.generation]


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 302), (Role.MANAGER, 302), (Role.COACH, 302), (Role.READ_ONLY, 403), (Role.ANALYST, 403)],
)
def test_who_looks_after_people(bot: Bot, vera: Profile, role: Role, status: int) -> None:
    with in_bot(bot.id):
        Profile.objects.filter(id=vera.id).update(consented_at=clock.now())
    assert as_role(bot, role).post(f"{PEOPLE}{vera.id}/pause/", SENT).status_code == status
    with in_bot(bot.id):
        assert (Profile.objects.get(id=vera.id).paused_at is not None) == (status == 302)


def test_a_button_needs_the_role_in_the_persons_own_bot(bot: Bot, other_bot: Bot, vera: Profile) -> None:
    person = make_coach(bot, role=Role.READ_ONLY)
    BotAccess.objects.create(user=person, bot=other_bot, role=Role.OWNER)
    client = browser(person)
    assert client.post(f"{PEOPLE}{vera.id}/pause/", SENT).status_code == 403
    assert "/pause/" not in client.get(f"{PEOPLE}{vera.id}/change/").content.decode()


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.ANALYST])
def test_who_only_looks_acknowledges_no_alert(bot: Bot, role: Role) -> None:
    raise_alert(kind="bot_deaf", subject="it hears nothing", bot_id=bot.id)
    alert = Alert.objects.get(bot=bot)
    client = as_role(bot, role)
    assert client.post(f"/admin/bots/alert/{alert.id}/acknowledge/", SENT).status_code == 403
    client.post("/admin/bots/alert/", {"action": "acknowledge_selected", "_selected_action": [str(alert.id)]})
    assert Alert.objects.get(bot=bot).acknowledged_at is None


def given(bot: Bot, username_pk: int, role: str) -> dict[str, str]:
    return changed(
        bot,
        **{
            "staff_access-TOTAL_FORMS": "1",
            "staff_access-INITIAL_FORMS": "0",
            "staff_access-0-bot": str(bot.id),
            "staff_access-0-user": str(username_pk),
            "staff_access-0-role": role,
        },
    )


@pytest.mark.parametrize(
    ("role", "count"), [(Role.OWNER, 1), (Role.MANAGER, 0), (Role.COACH, 0), (Role.READ_ONLY, 0)]
)
def test_an_owner_gives_access_to_their_bot_and_nobody_below_does(bot: Bot, role: Role, count: int) -> None:
    person = make_user()
    boss = make_coach(bot, role=role)
    client = browser(boss)
    sent = given(bot, person.pk, "coach")
    if role is Role.OWNER:
        kept = BotAccess.objects.get(user=boss)
        sent |= {
            "staff_access-TOTAL_FORMS": "2",
            "staff_access-INITIAL_FORMS": "1",
            "staff_access-0-id": str(kept.pk),
            "staff_access-0-user": str(boss.pk),
            "staff_access-0-role": "owner",
            "staff_access-1-bot": str(bot.id),
            "staff_access-1-user": str(person.pk),
            "staff_access-1-role": "coach",
        }
    client.post(page_of(bot), sent)
    assert BotAccess.objects.filter(user=person, bot=bot, role="coach").count() == count


def rows_of(bot: Bot, *kept: BotAccess, **changes: str) -> dict[str, str]:
    """The page's form with the rows that there are, as a browser sends it, and these changes."""
    sent = {"staff_access-TOTAL_FORMS": str(len(kept)), "staff_access-INITIAL_FORMS": str(len(kept))}
    for place, each in enumerate(kept):
        row = f"staff_access-{place}-"
        sent |= {f"{row}id": str(each.pk), f"{row}bot": str(bot.id), f"{row}user": str(each.user_id)}
        sent[f"{row}role"] = each.role
    return changed(bot, **{**sent, **changes})


def test_an_owner_sees_who_has_access_changes_roles_and_takes_access_back(bot: Bot, owner: Client) -> None:
    boss, coach, gone = make_coach(bot, role=Role.OWNER), make_coach(bot), make_coach(bot)
    kept = [BotAccess.objects.get(user=each, bot=bot) for each in (boss, coach, gone)]
    for client in (browser(boss), owner):
        page = client.get(page_of(bot)).content.decode()
        assert page.count('<option value="coach" selected') == 2
        assert page.count('<option value="owner" selected') == 1
    sent = rows_of(bot, *kept, **{"staff_access-1-role": "analyst", "staff_access-2-DELETE": "on"})
    assert browser(boss).post(page_of(bot), sent).status_code == 302
    left = BotAccess.objects.filter(bot=bot).values_list("user_id", "role")
    assert set(left) == {(boss.pk, "owner"), (coach.pk, "analyst")}


def test_who_may_not_give_access_neither_sees_nor_changes_who_has_it(bot: Bot) -> None:
    manager, coach = make_coach(bot, role=Role.MANAGER), make_coach(bot)
    client = browser(manager)
    assert coach.username not in client.get(page_of(bot)).content.decode()
    kept = BotAccess.objects.get(user=manager, bot=bot)
    client.post(page_of(bot), rows_of(bot, kept, **{"staff_access-0-role": "owner"}))
    assert BotAccess.objects.get(user=manager, bot=bot).role == "manager"


def test_an_owner_of_one_bot_gives_no_access_to_another(bot: Bot, other_bot: Bot) -> None:
    person, boss = make_user(), make_coach(bot, role=Role.OWNER)
    BotAccess.objects.create(user=boss, bot=other_bot, role=Role.MANAGER)
    browser(boss).post(page_of(other_bot), given(other_bot, person.pk, "owner"))
    # Nor by naming the other bot on the page of one's own.
    browser(boss).post(
        page_of(bot), given(bot, person.pk, "owner") | {"staff_access-0-bot": str(other_bot.id)}
    )
    assert not BotAccess.objects.filter(user=person, bot=other_bot).exists()


def test_a_bot_that_one_may_not_see_is_not_there(bot: Bot, other_bot: Bot) -> None:
    client = as_role(bot, Role.OWNER)
    foreign = make_profile(other_bot)
    for address in (page_of(other_bot), f"{PEOPLE}{foreign.id}/change/", f"{PEOPLE}nonsense/change/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/admin/", "/admin/queues/", "/admin/work/", "/admin/bots/bot/"])
def test_pages_ask_for_roles_once_and_never_for_permissions(bot: Bot, address: str) -> None:
    client = as_role(bot, Role.COACH)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    asked = [each["sql"] for each in queries.captured_queries]
    assert [each for each in asked if "auth_permission" in each] == []
    assert len([each for each in asked if 'FROM "bot_access"' in each]) == 1


@pytest.mark.parametrize("address", ["/admin/events/event/", "/admin/mailbox/buriedupdate/"])
def test_what_happened_to_people_is_closed_to_an_analyst(bot: Bot, address: str) -> None:
    assert as_role(bot, Role.ANALYST).get(address).status_code == 403
    assert as_role(bot, Role.READ_ONLY).get(address).status_code == 200
    # Whoever was given no bot yet sees that there is nothing.
    assert browser(make_coach()).get(address).status_code == 200


def test_saved_replies_are_closed_to_who_reads_no_words(bot: Bot) -> None:
    replies = "/admin/sessions_app/savedreply/"
    assert [as_role(bot, role).get(replies).status_code for role in (Role.ANALYST, Role.READ_ONLY)] == [
        403,
        200,
    ]


def test_buried_updates_are_handled_once_more_where_the_role_allows_it(bot: Bot, other_bot: Bot) -> None:
    person = make_coach(bot, role=Role.COACH)
    BotAccess.objects.create(user=person, bot=other_bot, role=Role.READ_ONLY)
    mine, read_only = heard(bot), heard(other_bot)
    response = browser(person).post(
        "/admin/mailbox/buriedupdate/",
        {"action": "replay_selected", "_selected_action": [str(mine), str(read_only)]},
    )
    assert [str(each) for each in get_messages(response.wsgi_request)] == [
        "Your role in one of these bots does not allow this.",
        "1 update is handled once more.",
    ]
    for each, row_id, outcome in ((bot, mine, ""), (other_bot, read_only, "buried")):
        with in_bot(each.id):
            assert InboundUpdate.objects.for_bot(each.id).get(id=row_id).outcome == outcome
    reader = as_role(bot, Role.READ_ONLY)
    assert "replay_selected" not in reader.get("/admin/mailbox/buriedupdate/").content.decode()


def test_who_is_let_in_is_named_and_not_numbered(owner: Client, bot: Bot) -> None:
    make_coach(bot, role=Role.COACH)
    shown = owner.get(f"/admin/bots/bot/{bot.id}/change/").content.decode()
    assert f"is coach of {bot.id}" not in shown
