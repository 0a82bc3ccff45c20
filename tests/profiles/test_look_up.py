"""What Telegram says of a person, and the channels that are their own."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from bots.models import Bot
from core.clock import Clock, clock
from core.tenancy import in_bot
from events.models import Event
from profiles.contracts import Face
from profiles.models import ChannelPost, Finding, LinkedChannel, Profile
from profiles.selectors.findings_of import findings_of
from profiles.services.keep_look_up import keep_look_up
from profiles.services.lift_underage import lift_underage
from profiles.services.link_channel import link_channel, unlink_channel
from tests.cast import make_profile

CHANNEL, OTHER_CHANNEL = -1001, -1002


def look_up(bot: Bot, profile_id: UUID, **face: Any) -> Profile:
    with in_bot(bot.id):
        keep_look_up(bot_id=bot.id, profile_id=profile_id, face=Face(**face))
        return Profile.objects.for_bot(bot.id).get(id=profile_id)


def channels(bot: Bot) -> list[tuple[UUID, int, str]]:
    with in_bot(bot.id):
        rows = LinkedChannel.objects.for_bot(bot.id).order_by("linked_at", "id")
        return list(rows.values_list("profile_id", "channel_id", "title"))


def events(bot: Bot) -> list[tuple[str, Any]]:
    with in_bot(bot.id):
        rows = Event.objects.for_bot(bot.id).order_by("created_at", "id")
        return list(rows.values_list("kind", "payload"))


@pytest.fixture
def vera(bot: Bot) -> UUID:
    return make_profile(bot).id


def test_a_face_is_kept(bot: Bot, vera: UUID, stopped_clock: Clock) -> None:
    row = look_up(
        bot,
        vera,
        bio="  Учитель музыки\n\u202eи мама ",
        photo_id="AQAD",
        photo_file_id="AgAC",
        birth_day=12,
        birth_month=5,
        birth_year=1990,
        channel_id=CHANNEL,
        channel_title="Вера поёт",
    )
    assert (row.bio, row.photo_id, row.photo_file_id) == ("Учитель музыки и мама", "AQAD", "AgAC")
    assert (row.birth_date, row.age, row.looked_up_at) == (date(1990, 5, 12), 35, clock.now())
    assert channels(bot) == [(vera, CHANNEL, "Вера поёт")]
    with in_bot(bot.id):
        (line,) = findings_of(bot_id=bot.id, profile_id=vera)
    assert (line.kind, line.value, line.origin) == ("birthday", "1990-05-12", "telegram")


def test_a_birthday_may_have_no_year(bot: Bot, vera: UUID) -> None:
    row = look_up(bot, vera, birth_day=29, birth_month=2)
    assert (row.birth_date, row.age) == (None, None)
    with in_bot(bot.id):
        assert [each.value for each in findings_of(bot_id=bot.id, profile_id=vera)] == ["--02-29"]


@pytest.mark.parametrize(
    "birthday",
    [(31, 2, 1990), (12, 13, 1990), (-1, 5, None), (12, 5, 99999), (12, 5, 1800), (0, 0, 0)],
)
def test_a_birthday_that_makes_no_sense_is_left_out_with_one_log_event(
    bot: Bot, vera: UUID, birthday: tuple[int, int, int | None]
) -> None:
    day, month, year = birthday
    with capture_logs() as logs:
        row = look_up(bot, vera, bio="hello", birth_day=day, birth_month=month, birth_year=year)
    assert (row.bio, row.birth_date, row.age) == ("hello", None, None)
    assert [each["event"] for each in logs] == ["finding.refused"]


def test_half_a_birthday_is_none(bot: Bot, vera: UUID) -> None:
    with capture_logs() as logs:
        look_up(bot, vera, birth_day=12, birth_year=1990)
    assert logs == []
    with in_bot(bot.id):
        assert findings_of(bot_id=bot.id, profile_id=vera) == []


def test_what_was_taken_away_in_telegram_goes_here_too(bot: Bot, vera: UUID) -> None:
    look_up(bot, vera, bio="hello", photo_id="AQAD", photo_file_id="AgAC", channel_id=CHANNEL)
    row = look_up(bot, vera)
    assert (row.bio, row.photo_id, row.photo_file_id) == ("", "", "")
    # Staff may have noted it; only another one in its place says that it is theirs no more.
    assert channels(bot) == [(vera, CHANNEL, "")]


def test_ids_that_do_not_fit_are_not_cut_in_two(bot: Bot, vera: UUID) -> None:
    row = look_up(
        bot,
        vera,
        bio="b" * 1000,
        photo_id="x" * 101,
        photo_file_id="y",
        channel_id=1,
        channel_title="t" * 500,
    )
    assert (len(row.bio), row.photo_id, row.photo_file_id) == (300, "", "")
    assert [len(title) for _, _, title in channels(bot)] == [128]


def test_the_channel_of_now_takes_the_place_of_the_one_before_and_posts_stay(bot: Bot, vera: UUID) -> None:
    look_up(bot, vera, channel_id=CHANNEL, channel_title="Before")
    with in_bot(bot.id):
        ChannelPost.objects.create(
            bot=bot,
            profile_id=vera,
            channel_id=CHANNEL,
            telegram_message_id=1,
            text="said",
            posted_at=clock.now(),
        )
    look_up(bot, vera, channel_id=OTHER_CHANNEL, channel_title="Now")
    look_up(bot, vera, channel_id=OTHER_CHANNEL, channel_title="Renamed")
    assert channels(bot) == [(vera, OTHER_CHANNEL, "Renamed")]
    assert [kind for kind, _ in events(bot)] == ["channel.linked", "channel.linked", "channel.unlinked"]
    with in_bot(bot.id):
        assert ChannelPost.objects.for_bot(bot.id).count() == 1


def test_nothing_is_kept_of_who_has_not_agreed(bot: Bot) -> None:
    stranger = make_profile(bot, consented_at=None, first_name="", looked_up_at=None).id
    row = look_up(bot, stranger, bio="hello", photo_id="AQAD", birth_day=1, birth_month=1, channel_id=CHANNEL)
    assert (row.bio, row.photo_id, row.looked_up_at) == ("", "", None)
    assert (channels(bot), events(bot)) == ([], [])
    with in_bot(bot.id):
        keep_look_up(bot_id=bot.id, profile_id=uuid4(), face=Face(bio="nobody"))


def test_who_was_born_less_than_18_years_ago_is_coached_no_more(
    bot: Bot, vera: UUID, stopped_clock: Clock
) -> None:
    row = look_up(bot, vera, birth_day=3, birth_month=3, birth_year=2008)
    assert (row.is_underage, row.consented_at, row.birth_date, row.age) == (True, None, None, None)
    assert [kind for kind, _ in events(bot)] == ["profile.underage"]
    with in_bot(bot.id):
        assert not Finding.objects.for_bot(bot.id).exists()


def test_staff_who_know_better_have_the_last_word_on_a_birthday_in_telegram(
    bot: Bot, vera: UUID, stopped_clock: Clock
) -> None:
    look_up(bot, vera, birth_day=3, birth_month=3, birth_year=2008)
    with in_bot(bot.id):
        assert lift_underage(bot_id=bot.id, profile_id=vera, author_id=7) is True
        assert lift_underage(bot_id=bot.id, profile_id=vera, author_id=7) is False
        row = Profile.objects.for_bot(bot.id).get(id=vera)
        # The consent that ended is theirs to give again.
        assert (row.is_underage, row.consented_at) == (False, None)
        Profile.objects.for_bot(bot.id).filter(id=vera).update(consented_at=clock.now())
    row = look_up(bot, vera, birth_day=3, birth_month=3, birth_year=2008)
    assert (row.is_underage, row.consented_at, row.birth_date) == (False, clock.now(), None)
    assert events(bot)[-1] == ("profile.underage_lifted", {"by": 7})


def test_staff_link_and_unlink_a_channel(bot: Bot, vera: UUID) -> None:
    boris = make_profile(bot).id
    with in_bot(bot.id):
        for person in (vera, boris):
            assert link_channel(
                bot_id=bot.id, profile_id=person, channel_id=CHANNEL, title="Ours", author_id=7
            )
            ChannelPost.objects.create(
                bot=bot,
                profile_id=person,
                channel_id=CHANNEL,
                telegram_message_id=1,
                text="said",
                posted_at=clock.now(),
            )
        assert not link_channel(bot_id=bot.id, profile_id=vera, channel_id=CHANNEL)
        assert unlink_channel(bot_id=bot.id, profile_id=vera, channel_id=CHANNEL, author_id=7)
        assert not unlink_channel(bot_id=bot.id, profile_id=vera, channel_id=CHANNEL)
        # What was never theirs is not kept as theirs.
        assert list(ChannelPost.objects.for_bot(bot.id).values_list("profile_id", flat=True)) == [boris]
    assert channels(bot) == [(boris, CHANNEL, "Ours")]
    assert events(bot)[-1] == ("channel.unlinked", {"channel": CHANNEL, "by": 7})


def test_a_channel_is_linked_to_nobody_who_has_not_agreed(bot: Bot, other_bot: Bot) -> None:
    strangers = (make_profile(bot, consented_at=None).id, make_profile(other_bot).id, uuid4())
    with in_bot(bot.id):
        for each in strangers:
            assert not link_channel(bot_id=bot.id, profile_id=each, channel_id=CHANNEL)
    assert (channels(bot), events(bot)) == ([], [])
