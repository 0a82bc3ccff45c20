"""Whom a rotation takes up, in which order, and whom it leaves alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from profiles.models import Profile
from profiles.selectors.due_profiles import DueProfile, count_due, due_profiles
from profiles.services.mark_tried import mark_tried
from tests.cast import make_profile

MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _at_noon(stopped_clock: Clock) -> None:
    """All of this is about days."""


def person(bot: Bot, **ago: Any) -> Profile:
    """Somebody seen a minute ago, unless `last_seen_at` and others say how long ago (None: never)."""
    now = clock.now()
    moments = {"last_seen_at": timedelta(minutes=1), **ago}
    return make_profile(
        bot,
        **{name: now - value if isinstance(value, timedelta) else value for name, value in moments.items()},
    )


def due(bot: Bot, **asked: Any) -> list[UUID]:
    with in_bot(bot.id):
        found = due_profiles(
            bot_id=bot.id, **{"now": clock.now(), "tried_before": clock.now(), "limit": 100, **asked}
        )
    return [each.id for each in found]


def count(bot: Bot, **asked: Any) -> int:
    with in_bot(bot.id):
        return count_due(bot_id=bot.id, now=clock.now(), tried_before=clock.now(), **asked)


def test_who_was_seen_last_comes_first(bot: Bot) -> None:
    days = {days: person(bot, last_seen_at=timedelta(days=days)).id for days in (9, 1, 25)}
    assert due(bot) == [days[1], days[9], days[25]]
    assert count(bot) == 3


def test_a_due_person_is_told_with_what_a_refresh_needs(bot: Bot) -> None:
    vera = person(bot, language="ru")
    with in_bot(bot.id):
        found = due_profiles(bot_id=bot.id, now=clock.now(), tried_before=clock.now(), limit=1)
    assert found == [DueProfile(vera.id, vera.telegram_id, "ru", vera.last_seen_at)]


@pytest.mark.parametrize(
    ("ago", "is_due"),
    [
        ({"last_seen_at": timedelta(days=30)}, True),
        ({"last_seen_at": timedelta(days=30) + MOMENT}, False),
        ({"profile_updated_at": None}, True),
        ({"profile_updated_at": timedelta(days=7)}, False),
        ({"profile_updated_at": timedelta(days=7) + MOMENT}, True),
        ({"rotation_tried_at": timedelta(days=1)}, True),
        ({"rotation_tried_at": timedelta(0)}, False),
        ({"consented_at": None}, False),
        ({"is_active": False}, False),
        ({"is_underage": True}, False),
    ],
)
def test_due_is_who_was_seen_lately_and_has_grown_stale(bot: Bot, ago: dict[str, Any], is_due: bool) -> None:
    vera = person(bot, **ago)
    assert due(bot) == ([vera.id] if is_due else [])
    assert count(bot) == int(is_due)


@pytest.mark.parametrize(
    ("ago", "is_due"),
    [
        ({"last_seen_at": timedelta(days=400)}, True),
        ({"profile_updated_at": timedelta(0)}, True),
        ({"rotation_tried_at": timedelta(0)}, False),
        ({"consented_at": None}, False),
        ({"is_active": False}, False),
        ({"is_underage": True}, False),
    ],
)
def test_a_round_for_everybody_asks_neither_when_they_came_nor_how_fresh_they_are(
    bot: Bot, ago: dict[str, Any], is_due: bool
) -> None:
    vera = person(bot, **ago)
    assert due(bot, is_for_all=True) == ([vera.id] if is_due else [])
    assert count(bot, is_for_all=True) == int(is_due)


def test_pages_meet_without_gap_or_repetition_also_among_people_seen_at_the_same_moment(bot: Bot) -> None:
    people = [person(bot, last_seen_at=timedelta(days=each // 3)) for each in range(7)]
    wanted = [each.id for each in sorted(people, key=lambda each: (each.last_seen_at, each.id), reverse=True)]
    found: list[UUID] = []
    after = None
    while True:
        with in_bot(bot.id):
            page = due_profiles(
                bot_id=bot.id, now=clock.now(), tried_before=clock.now(), limit=2, after=after
            )
        if not page:
            break
        found += [each.id for each in page]
        after = page[-1].last_seen_at, page[-1].id
    assert found == wanted


def test_who_was_tried_is_left_out_until_a_later_round(bot: Bot, stopped_clock: Clock) -> None:
    vera, boris = person(bot), person(bot, last_seen_at=timedelta(days=2))
    begun = clock.now()
    stopped_clock.advance(timedelta(minutes=5))
    with in_bot(bot.id):
        mark_tried(bot_id=bot.id, profile_ids=[vera.id], at=clock.now())
    assert due(bot, tried_before=begun) == [boris.id]
    assert due(bot, tried_before=clock.now() + MOMENT) == [vera.id, boris.id]


def test_people_of_another_bot_are_neither_found_nor_marked(bot: Bot, other_bot: Bot) -> None:
    elsewhere = person(other_bot)
    with in_bot(bot.id):
        mark_tried(bot_id=bot.id, profile_ids=[elsewhere.id], at=clock.now())
    assert (due(bot), due(other_bot)) == ([], [elsewhere.id])
