"""The command palette: what a few letters lead to, and for whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from bots.models import Bot
from bots.roles import Role
from tests.broadcast.campaigns import written
from tests.cast import make_profile
from tests.web.broadcast_forms import HOSTILE
from tests.web.people import browser, make_coach

SEARCH = "/admin/search/"


def find(me: Client, term: str) -> str:
    response: Any = me.get(SEARCH, {"s": term, "extended": "1"})
    assert response.status_code == 200
    return str(response.content.decode())


def test_letters_lead_to_pages_and_to_what_one_may_do(bot: Bot) -> None:
    me = browser(make_coach(bot, role=Role.MANAGER))
    assert 'href="/admin/inbox/"' in find(me, "inb")
    assert 'href="/admin/broadcast/broadcast/add/"' in find(me, "WRITE broad")
    assert "No results" in find(me, "zzz qqq")
    assert find(me, "  ") == ""


def test_somebody_is_found_by_name_and_username_as_text(bot: Bot, other_bot: Bot) -> None:
    vera = make_profile(bot, first_name="Vera", last_name=HOSTILE, username=f"vera_{bot.slug[-8:]}")
    theirs = make_profile(other_bot, first_name="Vera", last_name="Elsewhere")
    me = browser(make_coach(bot, role=Role.COACH))
    for term in ("vera", vera.username, f"@{vera.username}", str(vera.telegram_id)):
        found = find(me, term)
        assert f"/admin/profiles/profile/{vera.id}/change/" in found
        assert str(theirs.id) not in found
        assert HOSTILE not in found


def test_who_sees_figures_alone_finds_nobody(bot: Bot) -> None:
    vera = make_profile(bot, first_name="Vera")
    me = browser(make_coach(bot, role=Role.ANALYST))
    for term in ("vera", str(vera.telegram_id)):
        assert str(vera.id) not in find(me, term)
    assert f"/admin/bots/bot/{bot.id}/change/" in find(me, bot.slug)


def test_bots_and_broadcasts_of_others_are_not_found(bot: Bot, other_bot: Bot) -> None:
    mine, theirs = written(bot, title="Spring in March"), written(other_bot, title="Spring in April")
    me = browser(make_coach(bot, role=Role.READ_ONLY))
    found = find(me, "spring in")
    assert (str(mine.id) in found, str(theirs.id) in found) == (True, False)
    assert str(other_bot.id) not in find(me, other_bot.slug)


def test_nothing_that_was_found_is_kept(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[object] = []
    monkeypatch.setattr(type(cache._connections["default"]), "set", lambda *given, **_: kept.append(given))  # type: ignore[attr-defined]
    make_profile(bot, first_name="Vera")
    find(browser(make_coach(bot, role=Role.COACH)), "vera")
    assert kept == []


def test_who_is_not_logged_in_finds_nothing() -> None:
    assert Client().get(SEARCH, {"s": "vera"}).status_code == 302
