"""A request sees the bots that were given to who makes it, from the view to the last rendered line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import path

from bots.models import Bot, BotAccess
from bots.selectors.visible_bot_ids import visible_bot_ids
from core.tenancy import visible_bots
from profiles.models import Profile
from tests.cast import make_profile

pytestmark = [pytest.mark.urls(__name__), pytest.mark.usefixtures("as_staff")]

_numbers = count(1)


def names() -> list[str]:
    return sorted(Profile.objects.values_list("first_name", flat=True))


def listing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(" ".join(names()))


def lazy_listing(request: HttpRequest) -> SimpleTemplateResponse:
    """Asks the database only while the response is rendered, as the admin's pages do."""
    template = engines["django"].from_string("{% for each in people %}{{ each.first_name }} {% endfor %}")
    return SimpleTemplateResponse(template, {"people": Profile.objects.order_by("first_name")})


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield " ".join(names())

    return StreamingHttpResponse(lines())


def rename(request: HttpRequest, status: int) -> HttpResponse:
    Profile.objects.update(first_name="Renamed")
    return HttpResponse(status=status)


def rename_and_fail(request: HttpRequest) -> HttpResponse:
    Profile.objects.update(first_name="Renamed")
    raise LookupError


def rename_and_be_refused(request: HttpRequest) -> HttpResponse:
    Profile.objects.update(first_name="Renamed")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    return HttpResponse()


urlpatterns = [
    path("listing", listing),
    path("lazy", lazy_listing),
    path("stream", stream),
    path("rename/<int:status>", rename),
    path("fail", rename_and_fail),
    path("refused", rename_and_be_refused),
]


@pytest.fixture
def vera(bot: Bot) -> Profile:
    return make_profile(bot, first_name="Vera")


@pytest.fixture
def boris(other_bot: Bot) -> Profile:
    return make_profile(other_bot, first_name="Boris")


@pytest.fixture
def log_in(client: Client) -> Callable[..., User]:
    """Log somebody in who may see these bots."""

    def log_in(*bots: Bot, **fields: Any) -> User:
        user = User.objects.create(username=f"coach-{next(_numbers)}", **{"is_staff": True, **fields})
        for bot in bots:
            BotAccess.objects.create(user=user, bot=bot)
        client.force_login(user)
        return user

    return log_in


def stored(owner: psycopg.Connection[tuple[Any, ...]], profile: Profile) -> str:
    row = owner.execute("SELECT first_name FROM profiles WHERE id = %s", [profile.id]).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("page", ["listing", "lazy"])
def test_staff_see_the_bots_that_were_given_to_them(
    client: Client, log_in: Callable[..., User], vera: Profile, boris: Profile, page: str
):
    log_in(vera.bot)
    assert client.get(f"/{page}").content.split() == [b"Vera"]
    log_in(vera.bot, boris.bot)
    assert client.get(f"/{page}").content.split() == [b"Boris", b"Vera"]


@pytest.mark.parametrize("page", ["listing", "lazy"])
def test_staff_without_a_bot_see_nobody(
    client: Client, log_in: Callable[..., User], vera: Profile, page: str
):
    log_in()
    assert client.get(f"/{page}").content == b""


@pytest.mark.parametrize("page", ["listing", "lazy"])
def test_a_superuser_sees_all_bots(
    client: Client, log_in: Callable[..., User], vera: Profile, boris: Profile, page: str
):
    log_in(is_superuser=True)
    assert {b"Vera", b"Boris"} <= set(client.get(f"/{page}").content.split())


@pytest.mark.parametrize(
    "fields",
    [{"is_staff": False}, {"is_staff": False, "is_superuser": True}, {"is_active": False}],
    ids=["not staff", "superuser who is not staff", "dismissed"],
)
def test_who_is_not_staff_sees_nobody(
    client: Client, log_in: Callable[..., User], vera: Profile, fields: dict[str, bool]
):
    log_in(vera.bot, **fields)
    assert client.get("/listing").content == b""
    assert client.get("/lazy").content == b""


def test_who_is_not_logged_in_sees_nobody(client: Client, vera: Profile):
    assert client.get("/listing").content == b""
    assert client.get("/lazy").content == b""


def test_access_that_was_taken_back_is_gone_with_the_next_request(
    client: Client, log_in: Callable[..., User], vera: Profile
):
    coach = log_in(vera.bot)
    assert client.get("/listing").content == b"Vera"
    BotAccess.objects.filter(user=coach).delete()
    assert client.get("/listing").content == b""


def test_a_stream_is_left_to_scope_itself(client: Client, log_in: Callable[..., User], vera: Profile):
    log_in(vera.bot)
    assert b"".join(client.get("/stream").streaming_content) == b""  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [200, 302, 404])
def test_what_a_request_wrote_is_kept(
    client: Client, log_in: Callable[..., User], vera: Profile, owner_database: Any, status: int
):
    log_in(vera.bot)
    assert client.get(f"/rename/{status}").status_code == status
    assert stored(owner_database, vera) == "Renamed"


@pytest.mark.parametrize("page", ["rename/500", "rename/503", "fail", "refused"])
def test_what_a_failed_request_wrote_is_undone(
    client: Client, log_in: Callable[..., User], vera: Profile, owner_database: Any, page: str
):
    log_in(vera.bot)
    client.raise_request_exception = False
    assert client.get(f"/{page}").status_code >= 500
    assert stored(owner_database, vera) == "Vera"
    assert client.get("/listing").content == b"Vera"


def test_a_request_writes_to_no_bot_that_was_not_given(
    client: Client, log_in: Callable[..., User], vera: Profile, boris: Profile, owner_database: Any
):
    log_in(vera.bot)
    client.get("/rename/200")
    assert (stored(owner_database, vera), stored(owner_database, boris)) == ("Renamed", "Boris")


def test_nothing_stays_behind_a_request(client: Client, log_in: Callable[..., User], vera: Profile):
    log_in(vera.bot)
    client.get("/listing")
    assert (visible_bots(), connection.in_atomic_block, names()) == (None, False, [])


def test_the_bots_of_a_person_are_listed_in_order(log_in: Callable[..., User], bot: Bot, other_bot: Bot):
    assert visible_bot_ids(user=log_in(other_bot, bot)) == sorted([bot.id, other_bot.id])
    assert {bot.id, other_bot.id} <= set(visible_bot_ids(user=log_in(is_superuser=True)))
    assert AnonymousUser().is_staff is False
