"""Posts in channels of a person's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from profiles.models import ActivityLog, ChannelPost
from profiles.selectors.posts_of import posts_of
from profiles.services.keep_post import MOST_POSTS, keep_post
from profiles.services.link_channel import link_channel
from tests.cast import make_profile

CHANNEL = -1001234


@pytest.fixture
def vera(bot: Bot) -> UUID:
    profile_id: UUID = make_profile(bot).id
    with in_bot(bot.id):
        link_channel(bot_id=bot.id, profile_id=profile_id, channel_id=CHANNEL)
    return profile_id


def post(
    bot: Bot,
    text: str,
    *,
    number: int = 1,
    channel: int = CHANNEL,
    at: datetime | None = None,
    edited_at: datetime | None = None,
) -> int:
    with in_bot(bot.id):
        return keep_post(
            bot_id=bot.id,
            channel_id=channel,
            message_id=number,
            text=text,
            posted_at=at or clock.now(),
            edited_at=edited_at,
        )


def texts(bot: Bot, profile_id: UUID, **asked: Any) -> list[str]:
    with in_bot(bot.id):
        return posts_of(bot_id=bot.id, profile_id=profile_id, **asked)


def acts(bot: Bot) -> list[tuple[UUID, str, Any, datetime]]:
    with in_bot(bot.id):
        rows = ActivityLog.objects.for_bot(bot.id).order_by("created_at", "id")
        return list(rows.values_list("profile_id", "kind", "details", "created_at"))


def test_a_post_in_a_persons_channel_is_kept_and_is_something_they_did(
    bot: Bot, vera: UUID, stopped_clock: Clock
) -> None:
    assert post(bot, " Пою\r\nв <b>хоре</b>\x00\u202e ") == 1
    assert texts(bot, vera) == ["Пою\nв <b>хоре</b>"]
    assert acts(bot) == [(vera, "channel_post", {"channel": CHANNEL, "post": 1}, clock.now())]


def test_a_repeated_post_is_one_post_and_one_act(bot: Bot, vera: UUID) -> None:
    assert (post(bot, "once"), post(bot, "once")) == (1, 1)
    assert (texts(bot, vera), len(acts(bot))) == (["once"], 1)


def test_an_edited_post_replaces_itself_and_is_not_undone_by_a_late_copy(
    bot: Bot, vera: UUID, stopped_clock: Clock
) -> None:
    at = clock.now()
    post(bot, "first", at=at)
    post(bot, "third", at=at, edited_at=at + timedelta(minutes=2))
    post(bot, "second", at=at, edited_at=at + timedelta(minutes=1))
    post(bot, "first", at=at)
    assert (texts(bot, vera), len(acts(bot))) == (["third"], 1)


def test_a_post_that_is_first_heard_of_when_it_is_edited_is_kept(bot: Bot, vera: UUID) -> None:
    post(bot, "edited", edited_at=clock.now())
    assert (texts(bot, vera), len(acts(bot))) == (["edited"], 1)


def test_the_newest_fifty_are_kept_in_their_order(bot: Bot, vera: UUID, stopped_clock: Clock) -> None:
    start = clock.now()
    for number in range(MOST_POSTS + 5):
        post(bot, f"post {number}", number=number, at=start + timedelta(minutes=number))
    assert texts(bot, vera) == [f"post {number}" for number in range(5, MOST_POSTS + 5)]
    assert texts(bot, vera, limit=2) == [f"post {number}" for number in (MOST_POSTS + 3, MOST_POSTS + 4)]
    # One from long ago does not push out a newer one.
    post(bot, "old", number=9000, at=start - timedelta(days=1))
    assert len(texts(bot, vera)) == MOST_POSTS
    assert "old" not in texts(bot, vera)


def test_nobody_elses_post_is_kept(bot: Bot, other_bot: Bot, vera: UUID) -> None:
    stranger: UUID = make_profile(bot, consented_at=clock.now()).id
    with in_bot(bot.id):
        link_channel(bot_id=bot.id, profile_id=stranger, channel_id=CHANNEL)
        type(make_profile(bot)).objects.for_bot(bot.id).filter(id=stranger).update(consented_at=None)
    assert post(bot, "said") == 1
    assert post(bot, "elsewhere", channel=CHANNEL - 1) == 0
    assert post(other_bot, "said") == 0
    assert (texts(bot, vera), texts(bot, stranger)) == (["said"], [])
    with in_bot(other_bot.id):
        assert not ChannelPost.objects.for_bot(other_bot.id).exists()


def test_a_channel_of_two_people_is_kept_for_both(bot: Bot, vera: UUID) -> None:
    boris: UUID = make_profile(bot).id
    with in_bot(bot.id):
        link_channel(bot_id=bot.id, profile_id=boris, channel_id=CHANNEL)
    assert post(bot, "ours") == 2
    assert (texts(bot, vera), texts(bot, boris)) == (["ours"], ["ours"])


def test_a_post_without_a_word_is_none_and_a_long_one_is_cut(bot: Bot, vera: UUID) -> None:
    assert post(bot, " \u200b\n") == 0
    assert post(bot, "x" * 100_000, number=2) == 1
    assert [len(each) for each in texts(bot, vera)] == [4096]
