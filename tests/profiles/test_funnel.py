"""How far people have come, what they have marked, and whether the bot may write first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from django.db import connections

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from profiles.models import Profile
from profiles.services.mark_funnel import Flag, mark_funnel
from profiles.services.pause_person import pause_person, resume_person
from profiles.services.record_purchase import record_purchase
from profiles.services.set_marker import set_marker
from tests.cast import make_profile


def row(bot: Bot, profile_id: UUID) -> Profile:
    with in_bot(bot.id):
        return Profile.objects.for_bot(bot.id).get(id=profile_id)


def events(bot: Bot) -> list[tuple[str, UUID | None, Any, str]]:
    with in_bot(bot.id):
        rows = Event.objects.for_bot(bot.id).order_by("created_at", "id")
        return list(rows.values_list("kind", "profile_id", "payload", "correlation_id"))


@pytest.fixture
def vera(bot: Bot) -> UUID:
    return make_profile(bot).id


@pytest.mark.parametrize("flag", get_args(Flag))
def test_a_flag_is_set_once_with_its_time(bot: Bot, vera: UUID, stopped_clock: Clock, flag: Flag) -> None:
    boris = make_profile(bot).id
    with in_bot(bot.id):
        assert mark_funnel(bot_id=bot.id, profile_id=vera, flag=flag, correlation_id="c-1") is True
        assert mark_funnel(bot_id=bot.id, profile_id=vera, flag=flag) is False
        assert mark_funnel(bot_id=bot.id, profile_id=uuid4(), flag=flag) is False
    assert (getattr(row(bot, vera), f"has_{flag}"), getattr(row(bot, vera), f"{flag}_at")) == (
        True,
        clock.now(),
    )
    assert getattr(row(bot, boris), f"has_{flag}") is False
    assert events(bot) == [(f"funnel.{flag}", vera, {}, "c-1")]


def test_markers_are_set_beside_each_other(bot: Bot, vera: UUID) -> None:
    with in_bot(bot.id):
        assert set_marker(bot_id=bot.id, profile_id=vera, name="interested_stream", value="shadow")
        assert set_marker(bot_id=bot.id, profile_id=vera, name="note", value={"a": [1, None, "«%s»"]})
        assert set_marker(bot_id=bot.id, profile_id=vera, name="interested_stream", value="hero-path")
        assert not set_marker(bot_id=bot.id, profile_id=uuid4(), name="note", value=1)
    assert row(bot, vera).markers == {"interested_stream": "hero-path", "note": {"a": [1, None, "«%s»"]}}


def test_markers_set_at_once_do_not_undo_each_other(bot: Bot, vera: UUID) -> None:
    def mark(number: int) -> None:
        try:
            with in_bot(bot.id):
                set_marker(bot_id=bot.id, profile_id=vera, name=f"marker {number}", value=number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(mark, range(20)))
    assert row(bot, vera).markers == {f"marker {number}": number for number in range(20)}


def test_a_purchase_is_noted_once_a_stream(bot: Bot, vera: UUID, stopped_clock: Clock) -> None:
    with in_bot(bot.id):
        set_marker(bot_id=bot.id, profile_id=vera, name="interested_stream", value="shadow")
        for slug in ("shadow", "shadow", "hero-path"):
            assert record_purchase(bot_id=bot.id, profile_id=vera, slug=slug, correlation_id="c-1")
    known = row(bot, vera)
    assert known.markers == {"interested_stream": "shadow", "purchased_streams": ["shadow", "hero-path"]}
    assert (known.has_purchased_stream, known.purchased_stream_at) == (True, clock.now())
    assert events(bot) == [
        ("stream.purchased", vera, {"stream": "shadow"}, "c-1"),
        ("funnel.purchased_stream", vera, {}, "c-1"),
        ("stream.purchased", vera, {"stream": "hero-path"}, "c-1"),
    ]


def test_nothing_is_bought_that_does_not_exist_nor_by_nobody(bot: Bot, other_bot: Bot, vera: UUID) -> None:
    with in_bot(bot.id):
        assert not record_purchase(bot_id=bot.id, profile_id=vera, slug="tarot")
        assert not record_purchase(bot_id=bot.id, profile_id=make_profile(other_bot).id, slug="shadow")
    assert (row(bot, vera).markers, row(bot, vera).has_purchased_stream, events(bot)) == ({}, False, [])


def test_a_person_pauses_and_resumes_once(bot: Bot, vera: UUID, stopped_clock: Clock) -> None:
    boris = make_profile(bot).id
    with in_bot(bot.id):
        assert [pause_person(bot_id=bot.id, profile_id=vera) for _ in range(2)] == [True, False]
    assert (row(bot, vera).paused_at, row(bot, boris).paused_at) == (clock.now(), None)
    with in_bot(bot.id):
        assert [resume_person(bot_id=bot.id, profile_id=vera) for _ in range(2)] == [True, False]
    assert row(bot, vera).paused_at is None
    assert events(bot) == [("profile.paused", vera, {}, ""), ("profile.resumed", vera, {}, "")]
