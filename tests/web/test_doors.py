from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from tests.web.people import make_user


def test_the_root_leads_to_the_admin(client: Client) -> None:
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_who_is_not_logged_in_is_asked_to(client: Client) -> None:
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    page = client.get("/admin/login/")
    assert page.status_code == 200
    assert "reLove" in page.content.decode()


def test_logging_in_leads_to_the_first_page(client: Client) -> None:
    user = make_user(superuser=True)
    user.set_password("correct horse battery")
    user.save()
    response = client.post("/admin/login/", {"username": user.username, "password": "correct horse battery"})
    assert (response.status_code, response["Location"]) == (302, "/admin/")


@pytest.mark.parametrize(
    ("address", "host", "leads_to"),
    [
        ("http://127.0.0.1:8081", "localhost:8000", "http://localhost:8081/"),
        ("http://127.0.0.1:8081", "127.0.0.1", "http://127.0.0.1:8081/"),
        ("http://localhost:9000/", "[::1]:8000", "http://[::1]:9000/"),
        ("http://127.0.0.1", "localhost:8000", "http://localhost:8123/"),
        ("https://try.example.org", "localhost:8000", "https://try.example.org/"),
    ],
)
def test_the_sandbox_is_where_the_settings_say(
    client: Client, settings: Settings, address: str, host: str, leads_to: str
) -> None:
    settings.SANDBOX_URL, settings.SANDBOX_PORT = address, 8123
    for path in ("/sandbox/", "/sandbox"):
        response = client.get(path, headers={"host": host})
        assert (response.status_code, response["Location"]) == (302, leads_to)


def test_without_a_sandbox_there_is_nothing(client: Client, settings: Settings) -> None:
    settings.SANDBOX_URL = ""
    assert client.get("/sandbox/").status_code == 404
