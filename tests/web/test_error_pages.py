"""What a browser shows where there is no page, or not for whoever asks."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from bots.models import Bot
from bots.roles import Role
from tests.web.people import browser, make_coach

HOME = '<a href="/admin/">'


def test_what_is_not_there_is_told_with_a_way_back(owner: Client) -> None:
    response = owner.get("/admin/gallery/?bot=<nobody>", headers={"Accept-Language": "en"})
    shown = response.content.decode()
    assert response.status_code == 404
    assert "There is nothing here" in shown
    assert HOME in shown
    assert "nobody" not in shown
    # The same policy as everywhere, so nothing that it forbids.
    assert "<script" not in shown
    assert "style=" not in shown


def test_what_is_not_ones_own_to_do_is_told_in_ones_language(bot: Bot) -> None:
    analyst = browser(make_coach(bot, role=Role.ANALYST))
    response = analyst.get("/admin/gallery/", headers={"Accept-Language": "ru"})
    shown = response.content.decode()
    assert response.status_code == 403
    assert '<html lang="ru">' in shown
    assert HOME in shown
    with override("ru"):
        assert render_to_string("403.html").partition("<h1>")[2][:20] in shown


def test_people_who_follow_an_old_link_are_not_led_to_the_house_of_staff(client: Client) -> None:
    response = client.get("/nothing/of/the/kind/")
    assert response.status_code == 404
    assert "/admin/" not in response.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_each_can_be_shown_with_nothing_at_hand(name: str) -> None:
    shown = render_to_string(name)
    assert shown.count("<h1>") == 1
    assert "core/refusal" in shown
