"""In which language staff read the admin: their choice, else their browser's, else English."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format, localize

from tests.web.people import browser, make_user

FORM = re.compile(r'<form action="/language/" method="post".*?</form>', re.DOTALL)


def heard(client: Client, address: str = "/admin/", **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def language_of(page: str) -> str:
    (found,) = re.findall(r'<html lang="([^"]+)"', page)
    return found


@pytest.mark.parametrize(
    ("wishes", "language", "inbox"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.5", "ru", "Входящие"),
        ("en-GB,en;q=0.9,ru;q=0.5", "en", "Inbox"),
        ("de-DE,de;q=0.9,ru;q=0.5", "ru", "Входящие"),
        ("de-DE,de;q=0.9", "en", "Inbox"),
    ],
)
def test_the_browser_chooses_and_what_is_not_there_is_english(
    owner: Client, wishes: str, language: str, inbox: str
) -> None:
    page = heard(owner, **{"accept-language": wishes})
    assert language_of(page) == language
    assert f">{inbox}<" in re.sub(r"\s*([<>])\s*", r"\1", page)


def test_who_signs_in_is_met_in_the_language_of_the_browser() -> None:
    assert "С возвращением в" in heard(Client(), "/admin/login/", **{"accept-language": "ru"})


def test_a_choice_holds_for_a_year_and_outweighs_the_browser(owner: Client) -> None:
    answer = owner.post("/language/", {"language": "ru", "next": "/admin/bots/bot/"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/bots/bot/")
    cookie = owner.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("ru", 365 * 24 * 3600, "Lax")
    assert cookie["httponly"]
    assert language_of(heard(owner, **{"accept-language": "en"})) == "ru"
    owner.post("/language/", {"language": "en"})
    assert language_of(heard(owner, **{"accept-language": "ru"})) == "en"


def test_both_languages_are_offered_by_their_own_names_on_every_page(owner: Client) -> None:
    for address in ("/admin/", "/admin/inbox/", "/admin/profiles/profile/", "/admin/two-factor/"):
        forms = FORM.findall(heard(owner, address))
        assert [re.findall(r'name="language" type="hidden" value="(\w+)"', each) for each in forms] == [
            ["ru"],
            ["en"],
        ]
        assert "Русский" in forms[0]
        assert "English" in forms[1]


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_choice_leads_nowhere_else(owner: Client, to: str) -> None:
    assert owner.post("/language/", {"language": "ru", "next": to})["Location"] == "/"


def test_a_language_that_is_not_there_is_no_choice(owner: Client) -> None:
    owner.post("/language/", {"language": "<script>"})
    assert settings.LANGUAGE_COOKIE_NAME not in owner.cookies


def test_only_our_own_pages_choose(owner: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/language/", {"language": "ru"}).status_code == 403
    assert owner.get("/language/", {"language": "ru"}).status_code == 302
    assert settings.LANGUAGE_COOKIE_NAME not in owner.cookies


def test_who_has_yet_to_prove_a_second_factor_may_choose(settings: object) -> None:
    settings.STAFF_OTP_REQUIRED = True  # type: ignore[attr-defined]
    client = browser(make_user(superuser=True))
    assert client.get("/admin/")["Location"].startswith("/admin/two-factor/")
    client.post("/language/", {"language": "ru"})
    assert language_of(heard(client, "/admin/two-factor/")) == "ru"


def test_days_and_numbers_are_written_as_in_russian() -> None:
    with translation.override("ru"):
        assert (
            date_format(datetime(2026, 3, 5, 9, 7, tzinfo=UTC), "DATETIME_FORMAT") == "5 марта 2026 г. 9:07"
        )
        assert localize(12.5) == "12,5"
