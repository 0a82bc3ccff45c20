"""A role holds in the database: figures without people, and no scope that is wider than the request's."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from bots.models import Bot, BotMetricDay
from broadcast.models import Broadcast
from core.clock import clock
from core.tenancy import across_bots, figure_bots, in_bot, in_bots, visible_bots
from profiles.models import Profile
from tests.cast import make_profile
from tests.fixtures.database import database_role


@pytest.fixture
def people(bot: Bot, other_bot: Bot) -> tuple[Profile, Profile]:
    return make_profile(bot, first_name="Vera"), make_profile(other_bot, first_name="Boris")


@pytest.fixture
def figures(bot: Bot, other_bot: Bot) -> None:
    with in_bots([bot.id, other_bot.id]):
        for each in (bot, other_bot):
            BotMetricDay.objects.create(
                bot=each, day=date(2026, 3, 1), name="turns", count=1, total=1, largest=1
            )


def seen_people() -> set[UUID]:
    return set(Profile.objects.values_list("bot_id", flat=True))


def seen_figures() -> set[UUID]:
    return set(BotMetricDay.objects.values_list("bot_id", flat=True))


@pytest.fixture(autouse=True)
def _staff(people: Any, figures: Any, as_staff: None) -> None:
    """The cast is made by the runtime, and looked at as staff."""


def test_figures_are_read_where_people_are_not(bot: Bot, other_bot: Bot):
    with in_bots([bot.id], figures=[bot.id, other_bot.id]):
        assert seen_people() == {bot.id}
        assert seen_figures() == {bot.id, other_bot.id}
        assert (visible_bots(), figure_bots()) == ((bot.id,), (bot.id, other_bot.id))
    with in_bots([], figures=[other_bot.id]):
        assert seen_people() == set()
        assert seen_figures() == {other_bot.id}
    assert (visible_bots(), figure_bots(), seen_figures()) == (None, None, set())


def test_without_more_figures_a_scope_is_what_it_was(bot: Bot):
    with in_bot(bot.id):
        assert (seen_people(), seen_figures(), figure_bots()) == ({bot.id}, {bot.id}, (bot.id,))


def test_figures_are_read_and_not_written(bot: Bot):
    with in_bots([], figures=[bot.id]):
        assert BotMetricDay.objects.filter(bot=bot).update(count=5) == 0
        assert BotMetricDay.objects.filter(bot=bot).delete()[0] == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            BotMetricDay.objects.create(
                bot=bot, day=date(2026, 3, 2), name="turns", count=1, total=1, largest=1
            )
        assert BotMetricDay.objects.get(bot=bot).count == 1


def test_the_runtime_has_no_figures_of_other_bots(bot: Bot, other_bot: Bot):
    with database_role("runtime"), in_bots([bot.id], figures=[other_bot.id]):
        assert seen_figures() == {bot.id}


def test_a_broadcast_is_seen_by_who_sees_the_figures_of_one_of_its_bots(bot: Bot, other_bot: Bot):
    with in_bots([bot.id, other_bot.id]):
        mine = Broadcast.objects.create(
            title="Mine", bot_ids=[bot.id, other_bot.id], created_at=clock.now(), changed_at=clock.now()
        )
    with in_bots([], figures=[other_bot.id]):
        assert Broadcast.objects.get(id=mine.id).title == "Mine"
        assert Broadcast.objects.filter(id=mine.id).update(title="Mine no more") == 0


def test_a_scope_inside_of_a_ceiling_sees_no_more_than_it(bot: Bot, other_bot: Bot):
    with in_bots([bot.id], figures=[bot.id], is_ceiling=True):
        with in_bot(other_bot.id):
            assert (seen_people(), seen_figures(), visible_bots()) == (set(), set(), ())
        with in_bots([bot.id, other_bot.id]):
            assert (seen_people(), seen_figures()) == ({bot.id}, {bot.id})
            with in_bot(other_bot.id):
                assert seen_people() == set()
        assert seen_people() == {bot.id}


def test_a_scope_for_one_bot_keeps_its_figures_under_a_ceiling_that_shows_no_people(bot: Bot, other_bot: Bot):
    with in_bots([other_bot.id], figures=[bot.id, other_bot.id], is_ceiling=True):
        with in_bot(bot.id):
            assert (seen_people(), seen_figures()) == (set(), {bot.id})
        assert (seen_people(), seen_figures()) == ({other_bot.id}, {bot.id, other_bot.id})


def test_nothing_is_written_beyond_a_ceiling(bot: Bot, other_bot: Bot, people: tuple[Profile, Profile]):
    with in_bots([bot.id], is_ceiling=True), in_bot(other_bot.id):
        assert Profile.objects.for_bot(other_bot.id).update(first_name="Renamed") == 0
    with in_bot(other_bot.id):
        assert Profile.objects.get(id=people[1].id).first_name == "Boris"


def test_who_says_why_goes_beyond_a_ceiling(bot: Bot, other_bot: Bot):
    with in_bots([bot.id], is_ceiling=True):
        with across_bots(reason="a test"):
            assert {bot.id, other_bot.id} <= seen_people()
        assert seen_people() == {bot.id}


def test_a_failed_scope_gives_back_both_settings(bot: Bot, other_bot: Bot):
    with in_bots([bot.id], figures=[bot.id, other_bot.id]):
        with pytest.raises(LookupError), in_bots([], figures=[other_bot.id]):
            raise LookupError
        assert (seen_people(), seen_figures()) == ({bot.id}, {bot.id, other_bot.id})
    assert (seen_people(), seen_figures()) == (set(), set())
