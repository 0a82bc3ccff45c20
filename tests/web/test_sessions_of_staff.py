"""Staff see where they are signed in, and end it from afar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import StaffSession
from core.clock import Clock
from tests.web.people import make_user

PAGE = "/admin/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"


def sign_in(user: User, agent: str = FIREFOX, address: str = "203.0.113.5") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.force_login(user)
    assert client.get(PAGE).status_code == 200
    return client


def session_of(client: Client) -> str:
    return str(client.session["staff_session"])


def rows(user: User) -> list[tuple[Any, ...]]:
    return list(StaffSession.objects.filter(user=user).order_by("id").values_list("address", "revoked_at"))


def test_the_page_names_browser_address_and_times(stopped_clock: Clock) -> None:
    user = make_user()
    desk = sign_in(user)
    stopped_clock.advance(timedelta(hours=3))
    sign_in(user, PHONE, "2001:db8::1")
    page = desk.get(PAGE).content.decode()
    for words in ("Firefox 128, Linux", "203.0.113.5", "Safari, iPhone", "2001:db8::1", "this browser"):
        assert words in page
    assert page.count("3\xa0hours ago") == 1
    assert len(rows(user)) == 2


def test_a_session_that_was_ended_ends_with_its_next_request() -> None:
    user = make_user()
    desk, phone = sign_in(user), sign_in(user, PHONE)
    response = desk.post(PAGE, {"session": session_of(phone)})
    assert response.status_code == 302
    assert phone.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert desk.get("/admin/").status_code == 200
    assert "Safari" not in desk.get(PAGE).content.decode()
    # For good: the cookie is worth nothing any more.
    assert phone.get("/admin/").status_code == 302


def test_all_others_are_ended_at_once() -> None:
    user, stranger = make_user(), make_user()
    others = [sign_in(user, PHONE) for _ in range(3)]
    foreign = sign_in(stranger)
    desk = sign_in(user)
    desk.post(PAGE, {"session": "others"})
    assert [each.get("/admin/").status_code for each in (*others, desk, foreign)] == [302, 302, 302, 200, 200]
    assert "End all others" not in desk.get(PAGE).content.decode()


def test_nobody_ends_or_sees_the_sessions_of_a_colleague() -> None:
    user, colleague = make_user(), make_user()
    theirs = sign_in(colleague, PHONE)
    desk = sign_in(user)
    desk.post(PAGE, {"session": session_of(theirs)})
    desk.post(PAGE, {"session": "others"})
    assert desk.get(f"{PAGE}{colleague.pk}/").status_code == 404
    assert desk.post(f"{PAGE}{colleague.pk}/", {"session": "others"}).status_code == 404
    assert theirs.get("/admin/").status_code == 200
    assert desk.post(PAGE, {"session": "nonsense"}).status_code == 404


def test_a_superuser_sees_and_ends_those_of_a_colleague() -> None:
    colleague = make_user()
    theirs = sign_in(colleague, PHONE)
    owner = sign_in(make_user(superuser=True))
    led = owner.get(f"/admin/auth/user/{colleague.pk}/sessions/")
    assert led["Location"] == f"{PAGE}{colleague.pk}/"
    page = owner.get(led["Location"]).content.decode()
    assert "Safari, iPhone" in page
    assert colleague.username in page
    assert "this browser" not in page
    owner.post(led["Location"], {"session": "others"})
    assert theirs.get("/admin/").status_code == 302
    assert owner.get("/admin/").status_code == 200
    assert owner.get(f"{PAGE}999999999/").status_code == 404


def test_whoever_signs_out_is_signed_in_there_no_more() -> None:
    user = make_user()
    client = sign_in(user)
    client.post("/admin/logout/")
    assert rows(user) == []


def test_when_a_browser_was_seen_is_written_once_a_minute(stopped_clock: Clock) -> None:
    user = make_user()
    client = sign_in(user)

    def writes() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/sessions/")
        return sum('UPDATE "staff_sessions"' in each["sql"] for each in queries)

    assert writes() == 0
    stopped_clock.advance(timedelta(seconds=61))
    assert (writes(), writes()) == (1, 0)
    assert StaffSession.objects.get(user=user).seen_at == stopped_clock.now()


def test_sessions_that_are_over_anyway_are_forgotten(stopped_clock: Clock) -> None:
    user = make_user()
    sign_in(user)
    stopped_clock.advance(timedelta(days=15))
    sign_in(user)
    assert len(rows(user)) == 1


def test_a_hostile_browser_is_shown_as_text() -> None:
    user = make_user()
    client = sign_in(user, "<script>alert(1)</script>" * 50)
    page = client.get(PAGE).content.decode()
    assert "<script>alert(1)" not in page
    assert "A browser of another kind" in page


def test_who_is_no_staff_has_no_row() -> None:
    user = make_user(staff=False)
    client = Client()
    client.force_login(user)
    client.get("/admin/")
    assert rows(user) == []
