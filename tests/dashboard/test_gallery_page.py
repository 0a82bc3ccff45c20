"""The gallery of people: who is shown to whom, narrowed how, and looked on for further."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bots.models import Bot
from bots.roles import Role
from core.clock import clock
from core.sql import Statement
from profiles.models import Profile
from tests.cast import make_profile
from tests.web.people import browser, make_coach, make_user

pytestmark = pytest.mark.usefixtures("as_staff")

PAGE, CARDS, RUNS = "/admin/gallery/", "/admin/gallery/cards/", "/admin/gallery/runs/"
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def html(response: Any) -> str:
    return str(response.content.decode())


def names(response: Any) -> list[str]:
    """Who is shown, from top to bottom."""
    assert response.status_code == 200
    return re.findall(r'<a class="gl-name"[^>]*><bdi>([^<]*)</bdi>', html(response))


def shown(me: Client, **asked: Any) -> list[str]:
    return names(me.get(f"{PAGE}?{urlencode(asked, doseq=True)}"))


def people_of(bot: Bot, *called: str, **fields: Any) -> list[Profile]:
    """People by name; who is named first was seen last."""
    return [
        make_profile(
            bot, **{"first_name": name, "last_seen_at": clock.now() - timedelta(minutes=number), **fields}
        )
        for number, name in enumerate(called)
    ]


@pytest.fixture
def me(bot: Bot) -> Client:
    return browser(make_coach(bot))


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Statements of SQL files, which go to psycopg directly."""
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        whole = Statement._execute

        def execute(self: Statement, params: Mapping[str, Any], using: str) -> Any:
            seen.append(self._sql.decode())
            return whole(self, params, using)

        patch.setattr(Statement, "_execute", execute)
        yield seen


def questions(me: Client, address: str) -> int:
    """How many times the database is asked for a page, beside the begin and end of its transaction."""
    me.get(address)
    with counted_statements() as statements, CaptureQueriesContext(connection) as queries:
        assert me.get(address).status_code == 200
    words = [each["sql"].split()[0] for each in queries.captured_queries]
    return len(statements) + sum(word not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE") for word in words)


# Who is shown


def test_who_was_seen_last_comes_first_over_all_bots(bot: Bot, other_bot: Bot) -> None:
    people_of(bot, "Anna", "Clara")
    make_profile(other_bot, first_name="Berta", last_seen_at=clock.now() - timedelta(seconds=30))
    both = browser(make_coach(bot, other_bot))
    assert shown(both) == ["Anna", "Berta", "Clara"]
    assert shown(both, bot=other_bot.slug) == ["Berta"]
    assert shown(browser(make_coach(bot))) == ["Anna", "Clara"]


def test_a_bot_that_is_not_theirs_is_not_there(bot: Bot, other_bot: Bot, me: Client) -> None:
    for address in (PAGE, CARDS):
        assert me.get(f"{address}?bot={other_bot.slug}").status_code == 404
        assert me.get(f"{address}?bot=nonsense").status_code == 404


def test_analysts_see_no_people_and_nobody_else_gets_in(bot: Bot) -> None:
    analyst = browser(make_coach(bot, role=Role.ANALYST))
    people_of(bot, "Anna")
    for address in (PAGE, CARDS, RUNS):
        assert analyst.get(address).status_code == 403
    assert analyst.post("/admin/gallery/refresh/", {"pick": f"{bot.id}:{uuid4()}"}).status_code == 403
    assert 'href="/admin/gallery/"' not in html(analyst.get("/admin/"))
    assert Client().get(PAGE).status_code == 302
    assert browser(make_user(staff=False)).get(PAGE).status_code == 302


def test_the_sidebar_leads_to_the_gallery_and_to_the_list(bot: Bot, me: Client) -> None:
    page = html(me.get(PAGE))
    assert 'href="/admin/gallery/"' in page
    assert 'href="/admin/profiles/profile/"' in page


def test_hostile_names_are_text(bot: Bot, me: Client) -> None:
    make_profile(
        bot, first_name=HOSTILE, username='"><b>', journey_stage="<i>", readiness={"<u>": 7}, streams=["<s>"]
    )
    page = html(me.get(f"{PAGE}?{urlencode({'q': '<script>', 'marker': '<script>=1'})}"))
    for each in (page, html(me.get(PAGE)), html(me.get(CARDS))):
        assert "<script>alert" not in each
        assert "<img src=x" not in each
        assert "<u>" not in each
        assert "<s>" not in each
        assert '"><b>' not in each


def test_a_page_takes_at_most_twelve_questions_however_many_people(bot: Bot, other_bot: Bot) -> None:
    me = browser(make_coach(bot, other_bot))
    addresses = [
        PAGE,
        CARDS,
        f"{PAGE}?q=1234&stage=REFUSAL&who=crisis",
        f"{PAGE}?gender=male",
        f"{PAGE}?words=sea",
        RUNS,
    ]
    people_of(bot, "Anna")
    few = [questions(me, address) for address in addresses]
    for each in (bot, other_bot):
        people_of(each, *(f"Vera {number}" for number in range(20)))
    many = [questions(me, address) for address in addresses]
    assert many == few
    assert max(many) <= 12, many
