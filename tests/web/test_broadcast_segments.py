"""The page of saved segments: what they mean, whom they find now, and who may see it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bots.models import Bot
from bots.roles import Role
from broadcast.contracts import By
from broadcast.models import Segment
from broadcast.services.keep_segment import keep_segment
from tests.cast import make_profile
from tests.web.broadcast_forms import ADD, HOSTILE, LIST, coach, html
from tests.web.people import browser

PAGE = f"{LIST}segments/"


@pytest.fixture
def segment(bot: Bot) -> Segment:
    return keep_segment(name=f"{HOSTILE} {bot.slug}"[:60], criteria=f'source="{bot.slug}"', by=By())


def test_each_is_listed_with_what_it_means_and_as_text(bot: Bot, segment: Segment) -> None:
    shown = html(browser(coach(bot)).get(PAGE))
    assert HOSTILE not in shown
    assert "&lt;script&gt;" in shown
    assert f"source={bot.slug}" in shown
    assert f"{PAGE}{segment.id}/count/" in shown


def test_it_counts_those_of_the_bots_one_may_write_from(bot: Bot, other_bot: Bot, segment: Segment) -> None:
    for _ in range(2):
        make_profile(bot, source=bot.slug)
    make_profile(bot, source="elsewhere")
    make_profile(other_bot, source=bot.slug)
    me = browser(coach(bot))
    assert "<b>2</b> people now" in html(me.get(f"{PAGE}{segment.id}/count/"))
    assert "<b>3</b> people now" in html(browser(coach(bot, other_bot)).get(f"{PAGE}{segment.id}/count/"))


def test_criteria_of_another_time_are_told(bot: Bot, segment: Segment) -> None:
    Segment.objects.filter(id=segment.id).update(criteria="colour=red")
    me = browser(coach(bot))
    assert "not understood any more" in html(me.get(PAGE))
    assert "not understood" in html(me.get(f"{PAGE}{segment.id}/count/"))


def test_one_writes_to_it_from_there(bot: Bot, segment: Segment) -> None:
    assert f"source={bot.slug}" in html(browser(coach(bot)).get(f"{ADD}?segment={segment.id}"))
    assert f"source={bot.slug}" not in html(browser(coach(bot)).get(f"{ADD}?segment={uuid4()}"))


def test_it_is_removed_once(bot: Bot, segment: Segment) -> None:
    me = browser(coach(bot))
    assert me.get(f"{PAGE}{segment.id}/forget/").status_code == 405
    assert me.post(f"{PAGE}{segment.id}/forget/").status_code == 302
    assert not Segment.objects.filter(id=segment.id).exists()
    for answer in (me.post(f"{PAGE}{segment.id}/forget/"), me.get(f"{PAGE}{segment.id}/count/")):
        assert answer.status_code == 404


@pytest.mark.parametrize("role", [Role.COACH, Role.ANALYST, Role.READ_ONLY])
def test_who_sends_nothing_to_many_sees_none(bot: Bot, segment: Segment, role: Role) -> None:
    me = browser(coach(bot, role=role))
    for answer in (
        me.get(PAGE),
        me.get(f"{PAGE}{segment.id}/count/"),
        me.post(f"{PAGE}{segment.id}/forget/"),
    ):
        assert answer.status_code == 403


def test_however_many_there_are_it_takes_the_same_queries(bot: Bot, segment: Segment) -> None:
    me = browser(coach(bot))
    me.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        me.get(PAGE)
    for number in range(5):
        keep_segment(name=f"{number} {bot.slug}", criteria=f"age>={20 + number}", by=By())
    with CaptureQueriesContext(connection) as many:
        me.get(PAGE)
    assert len(many) == len(few)
    assert len([each for each in many if each["sql"] not in ("BEGIN", "COMMIT")]) <= 12
