from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Alert, Bot
from bots.services.acknowledge_alert import acknowledge_alert
from bots.services.mark_told import mark_told
from bots.services.raise_alert import raise_alert
from core.clock import Clock, clock
from tests.cast import make_bot
from tests.web.people import browser, make_coach, make_user

LIST = "/admin/bots/alert/"
HOME = "/admin/"


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    """What other tests raised is acknowledged."""
    Alert.objects.filter(acknowledged_at__isnull=True).update(acknowledged_at=clock.now())


def page(client: Client, address: str = LIST, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return str(response.content.decode())


def badge(client: Client) -> str | None:
    """What the sidebar shows beside "Alerts"."""
    groups = client.get(HOME).context["sidebar_navigation"]
    (item,) = [item for group in groups for item in group["items"] if str(item["link"]) == LIST]
    return item.get("badge")  # type: ignore[no-any-return]


def raised(bot: Bot | None, subject: str, kind: str = "error", **fields: Any) -> Alert:
    raise_alert(kind=kind, bot_id=bot.id if bot else None, subject=subject, **fields)
    return Alert.objects.get(bot=bot, subject=subject, kind=kind)


def test_the_list_says_what_happened_to_whom_how_often_and_whether_it_was_told(
    owner: Client, bot: Bot
) -> None:
    alert = raised(bot, "KeyError in <x>", detail="KeyError at a.py:1 <y>")
    raise_alert(kind="error", bot_id=bot.id, subject="KeyError in <x>")
    mark_told(alert_ids=[alert.id])
    shown = page(owner)
    for words in ("critical error", "KeyError in &lt;x&gt;", "KeyError at a.py:1 &lt;y&gt;", bot.name, "×2"):
        assert words in shown


def test_what_has_gone_on_for_a_while_says_since_when(owner: Client, bot: Bot, stopped_clock: Clock) -> None:
    raised(bot, "goes on")
    stopped_clock.advance(timedelta(minutes=9))
    raise_alert(kind="error", bot_id=bot.id, subject="goes on")
    shown = page(owner)
    assert "0 s ago" in shown
    assert ">9\xa0minutes ago</span>" in shown.partition("first ")[2]


def test_staff_see_alerts_of_their_bots_and_owners_those_of_the_installation_too(
    owner: Client, bot: Bot, other_bot: Bot
) -> None:
    mark = uuid4().hex
    mine, foreign = raised(bot, f"mine-{mark}"), raised(other_bot, f"foreign-{mark}")
    general = raised(None, f"general-{mark}")
    coach = browser(make_coach(bot))

    def seen(client: Client) -> list[bool]:
        shown = page(client)
        return [f"{word}-{mark}" in shown for word in ("mine", "foreign", "general")]

    assert seen(coach) == [True, False, False]
    assert seen(owner) == [True, True, True]
    assert (badge(coach), badge(owner)) == (1, 3)
    assert '<span class="home-count">3</span>' in page(owner, HOME)
    for hidden in (foreign, general):
        address = f"{LIST}{hidden.id}/"
        assert coach.get(f"{address}change/").status_code == 404
        assert coach.post(f"{address}acknowledge/", {"_form_submitted": "true"}).status_code == 404
    for chosen, status in (([mine, foreign, general], 404), ([mine], 302)):
        ids = [str(each.id) for each in chosen]
        response = coach.post(LIST, {"action": "acknowledge_selected", "_selected_action": ids})
        assert response.status_code == status
    open_ids = Alert.objects.filter(acknowledged_at__isnull=True).values_list("id", flat=True)
    assert set(open_ids) == {foreign.id, general.id}


def test_who_sees_no_bot_sees_no_alert_and_no_badge(bot: Bot) -> None:
    mark = uuid4().hex
    raised(bot, mark)
    stranger = browser(make_coach())
    assert mark not in page(stranger)
    assert badge(stranger) is None
    assert "wait for somebody" not in page(stranger, HOME)


def test_the_newest_comes_first(owner: Client, bot: Bot) -> None:
    for number in (1, 2, 3):
        raised(bot, f"number-{number}")
    shown = page(owner)
    assert shown.index("number-3") < shown.index("number-2") < shown.index("number-1")


def test_acknowledging_asks_first_and_takes_the_alert_off_the_list(bot: Bot) -> None:
    person = make_coach(bot)
    coach = browser(person)
    alert = raised(bot, "to be seen")
    address = f"{LIST}{alert.id}/acknowledge/"

    assert "csrfmiddlewaretoken" in coach.get(address).content.decode()
    assert Alert.objects.get(id=alert.id).acknowledged_at is None

    response = coach.post(address, {"_form_submitted": "true"})
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert [str(each) for each in get_messages(response.wsgi_request)] == ["Acknowledged: 1."]
    fresh = Alert.objects.get(id=alert.id)
    assert fresh.acknowledged_by == person
    assert fresh.acknowledged_at is not None
    assert "to be seen" not in page(coach)
    assert badge(coach) is None


def test_acknowledged_alerts_are_found_when_asked_for(owner: Client, bot: Bot) -> None:
    waiting, seen = raised(bot, "still waits"), raised(bot, "was seen")
    acknowledge_alert(alert_id=seen.id, by=make_user(superuser=True))

    def found(**query: str) -> tuple[bool, bool]:
        shown = page(owner, **query)
        return waiting.subject in shown, seen.subject in shown

    assert found() == (True, False)
    assert found(seen="yes") == (False, True)
    assert found(seen="all") == (True, True)


def test_the_list_is_narrowed_to_a_bot_to_the_installation_and_to_a_kind(
    owner: Client, bot: Bot, other_bot: Bot
) -> None:
    raised(bot, "of-the-first")
    raised(other_bot, "of-the-second", kind="crisis")
    raised(None, "of-the-house", kind="task_failed")

    def found(**query: str) -> set[str]:
        shown = page(owner, **query)
        return {each for each in ("of-the-first", "of-the-second", "of-the-house") if each in shown}

    assert found() == {"of-the-first", "of-the-second", "of-the-house"}
    assert found(bot=bot.slug) == {"of-the-first"}
    assert found(bot="-") == {"of-the-house"}
    assert found(kind__exact="crisis") == {"of-the-second"}
    assert "The installation</" not in page(browser(make_coach(bot)))


def test_an_alert_can_be_opened_and_neither_changed_nor_added_nor_deleted(owner: Client, bot: Bot) -> None:
    alert = raised(bot, "to be read", detail="a long detail")
    address = f"{LIST}{alert.id}/change/"
    shown = page(owner, address)
    assert "a long detail" in shown
    assert f"{LIST}{alert.id}/acknowledge/" in shown
    assert owner.post(address, {"subject": "changed"}).status_code == 403
    assert owner.get(f"{LIST}add/").status_code == 403
    assert owner.post(f"{LIST}{alert.id}/delete/", {"post": "yes"}).status_code == 403
    acknowledge_alert(alert_id=alert.id, by=make_user(superuser=True))
    assert f"{LIST}{alert.id}/acknowledge/" not in page(owner, address)


def test_many_alerts_of_many_bots_take_as_many_questions_as_few(owner: Client) -> None:
    bots = [make_bot() for _ in range(6)]

    def questions(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(address).status_code == 200
        return len(queries)

    raised(bots[0], "a")
    addresses = (LIST, HOME)
    for address in addresses:
        questions(address)
    few = [questions(address) for address in addresses]
    for bot in bots[1:]:
        for subject in ("a", "b", "c"):
            raised(bot, subject)
    assert [questions(address) for address in addresses] == few


def test_the_badge_counts_no_further_than_it_can_show(owner: Client) -> None:
    Alert.objects.bulk_create(
        Alert(
            kind="error",
            subject=str(number),
            fingerprint=f"{uuid4()}",
            first_at=clock.now(),
            last_at=clock.now(),
        )
        for number in range(120)
    )
    assert badge(owner) == "99+"
    assert "99+" in page(owner, HOME)


def test_there_is_no_badge_where_nothing_waits(owner: Client) -> None:
    assert badge(owner) is None


def test_alerts_go_with_their_bot(owner: Client, bot: Bot) -> None:
    raised(bot, "the last words")
    assert owner.post(f"/admin/bots/bot/{bot.id}/delete/", {"post": "yes"}).status_code == 302
    assert not Alert.objects.filter(subject="the last words").exists()


def test_what_a_sign_of_crisis_is_about_stands_in_words(bot: Bot) -> None:
    alert = raised(bot, "self_harm", kind="crisis")
    coach = browser(make_coach(bot))
    for address in (HOME, LIST, f"{LIST}{alert.id}/change/"):
        shown = page(coach, address)
        assert ("self-harm" in shown, "self_harm" in shown) == (True, False), address
    # What is none of ours stands as it came.
    raised(bot, "self_harm", kind="error")
    assert "self_harm" in page(coach, LIST)
