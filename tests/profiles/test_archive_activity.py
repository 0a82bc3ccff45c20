"""What is old or too much goes to the archive: all of it, once, in slices, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.ids import new_id
from core.tenancy import in_bot
from profiles.models import ActivityLog, ArchivedActivity, Profile
from profiles.selectors.activity_of import ActivityCounts, activity_counts
from profiles.services import archive_activity as module
from profiles.services.archive_activity import Archived, archive_activity
from profiles.services.erase_profile import erase_profile
from tests.cast import make_profile

DAY = timedelta(days=1)
OLD = 90 * DAY + timedelta(microseconds=1)

Owner = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(autouse=True)
def _small(stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that holds ten rows of a person, and moves four at a time."""
    monkeypatch.setattr(module, "KEEP_A_PERSON", 10)
    monkeypatch.setattr(module, "SLICE", 4)
    monkeypatch.setattr(module, "PEOPLE", 3)


def act(profile: Profile, *ago: timedelta, **fields: Any) -> list[UUID]:
    """Somebody did something, so long ago each; the ids in that order."""
    rows = [
        ActivityLog(
            id=new_id(),
            bot_id=profile.bot_id,
            profile=profile,
            **{"kind": "message", "details": {}, "created_at": clock.now() - each, **fields},
        )
        for each in ago
    ]
    with in_bot(profile.bot_id):
        ActivityLog.objects.bulk_create(rows)
    return [row.id for row in rows]


def live(profile: Profile) -> list[UUID]:
    with in_bot(profile.bot_id):
        rows = ActivityLog.objects.for_bot(profile.bot_id).filter(profile=profile)
        return list(rows.order_by("-created_at", "-id").values_list("id", flat=True))


def archived(profile: Profile) -> list[UUID]:
    with in_bot(profile.bot_id):
        rows = ArchivedActivity.objects.for_bot(profile.bot_id).filter(profile=profile)
        return list(rows.order_by("-created_at", "-id").values_list("id", flat=True))


def counts(profile: Profile) -> ActivityCounts:
    with in_bot(profile.bot_id):
        return activity_counts(bot_id=profile.bot_id, profile_id=profile.id)


def stops_after(slices: int) -> Any:
    """To be told to stop at the so-manyth look."""
    looks = iter([False] * (slices - 1))
    return lambda: next(looks, True)


def test_what_is_older_than_ninety_days_moves_and_stays_the_same(bot: Bot) -> None:
    vera = make_profile(bot)
    (old,) = act(vera, OLD, kind="command", details={"command": "start"})
    (young,) = act(vera, 90 * DAY)
    assert archive_activity(bot_id=bot.id) == Archived(moved_old=1, slices=1)
    assert (live(vera), archived(vera)) == ([young], [old])
    with in_bot(bot.id):
        row = ArchivedActivity.objects.for_bot(bot.id).get(id=old)
    assert (row.profile_id, row.kind, row.details, row.created_at, row.archived_at) == (
        vera.id,
        "command",
        {"command": "start"},
        clock.now() - OLD,
        clock.now(),
    )


def test_of_what_is_young_the_newest_thousand_of_each_person_stay(bot: Bot) -> None:
    vera, boris = make_profile(bot), make_profile(bot)
    hers = act(vera, *(timedelta(hours=each) for each in range(23)))
    his = act(boris, *(timedelta(hours=each) for each in range(10)))
    assert archive_activity(bot_id=bot.id) == Archived(moved_excess=13, slices=4)
    assert (live(vera), archived(vera)) == (hers[:10], hers[10:])
    assert (live(boris), archived(boris)) == (his, [])
    assert (counts(vera), counts(boris)) == (ActivityCounts(10, 13), ActivityCounts(10, 0))


def test_rows_of_the_same_moment_are_counted_one_by_one(bot: Bot) -> None:
    vera = make_profile(bot)
    ids = sorted(act(vera, *[DAY] * 25), reverse=True)
    assert archive_activity(bot_id=bot.id) == Archived(moved_excess=15, slices=4)
    assert (live(vera), archived(vera)) == (ids[:10], ids[10:])


def test_many_people_with_a_little_share_a_slice(bot: Bot) -> None:
    people = [make_profile(bot) for _ in range(8)]
    for each in people:
        act(each, *(timedelta(hours=hour) for hour in range(11)))
    # Three are looked at in one go: packs of three, three and two.
    assert archive_activity(bot_id=bot.id) == Archived(moved_excess=8, slices=3)
    assert {counts(each) for each in people} == {ActivityCounts(10, 1)}


def test_the_old_and_the_excess_are_told_apart(bot: Bot) -> None:
    vera = make_profile(bot)
    act(vera, *[OLD] * 5, *[DAY] * 12)
    assert archive_activity(bot_id=bot.id) == Archived(moved_old=5, moved_excess=2, slices=3)
    assert counts(vera) == ActivityCounts(10, 7)


def test_a_run_that_finds_nothing_moves_nothing(bot: Bot) -> None:
    vera = make_profile(bot)
    act(vera, DAY, 2 * DAY)
    for _ in range(2):
        assert archive_activity(bot_id=bot.id) == Archived()
    assert counts(vera) == ActivityCounts(2, 0)


def test_a_run_can_be_stopped_after_any_slice_and_the_next_one_goes_on(bot: Bot) -> None:
    vera, boris = make_profile(bot), make_profile(bot)
    hers = act(vera, *(timedelta(hours=each) for each in range(25)), *[OLD] * 9)
    his = act(boris, *[OLD] * 3)
    moved = Archived()
    for _ in range(20):
        one = archive_activity(bot_id=bot.id, must_stop=stops_after(1))
        moved += one
        assert len(live(vera)) + len(archived(vera)) == len(hers)
        assert counts(vera).total == len(hers)
        assert set(live(vera)) >= set(hers[:10])
    assert (moved.moved_old, moved.moved_excess) == (12, 15)
    assert (set(live(vera)), set(archived(vera))) == (set(hers[:10]), set(hers[10:]))
    assert (set(live(boris)), set(archived(boris))) == (set(), set(his))


def test_the_oldest_go_first(bot: Bot) -> None:
    vera = make_profile(bot)
    ids = act(vera, *(timedelta(hours=each) for each in range(20)))
    stopped = archive_activity(bot_id=bot.id, must_stop=stops_after(1))
    assert stopped == Archived(moved_excess=4, slices=1, is_cut_short=True)
    assert archived(vera) == ids[-4:]


def _die_before_the_commit(bot: Bot, death: BaseException) -> None:
    with in_bot(bot.id):
        archive_activity(bot_id=bot.id)
        raise death


def test_a_slice_that_dies_has_not_happened(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    vera = make_profile(bot)
    ids = act(vera, *[OLD] * 9)

    class Death(BaseException):
        pass

    def die() -> bool:
        raise Death

    with pytest.raises(Death):
        archive_activity(bot_id=bot.id, must_stop=die)
    assert (len(live(vera)), len(archived(vera)), counts(vera).archived) == (5, 4, 4)
    # Inside of a slice: its statement is done, its transaction is not.
    with pytest.raises(Death):
        _die_before_the_commit(bot, Death())
    assert (len(live(vera)), len(archived(vera)), counts(vera).archived) == (5, 4, 4)
    assert archive_activity(bot_id=bot.id).moved_old == 5
    assert (set(archived(vera)), counts(vera)) == (set(ids), ActivityCounts(0, 9))


def test_a_row_that_lies_in_the_archive_already_is_neither_doubled_nor_counted_again(
    bot: Bot, owner_database: Owner
) -> None:
    vera = make_profile(bot)
    (old,) = act(vera, OLD)
    archive_activity(bot_id=bot.id)
    act_again = ActivityLog(id=old, bot_id=bot.id, profile=vera, kind="message", created_at=clock.now() - OLD)
    with in_bot(bot.id):
        act_again.save(force_insert=True)
    archive_activity(bot_id=bot.id)
    assert (live(vera), archived(vera), counts(vera)) == ([], [old], ActivityCounts(0, 1))


@pytest.fixture
def somebody_holds(owner_database: Owner) -> Iterator[Any]:
    """Somebody else is writing to a person's row."""

    def hold(profile: Profile) -> None:
        owner_database.execute(
            "SELECT 1 FROM profiles WHERE bot_id = %s AND id = %s FOR UPDATE", [profile.bot_id, profile.id]
        )

    with owner_database.transaction():
        yield hold


def test_nobody_is_waited_for(bot: Bot, somebody_holds: Any) -> None:
    vera, boris = make_profile(bot), make_profile(bot)
    hers = act(vera, *[OLD] * 3, *[DAY] * 12)
    his = act(boris, *[OLD] * 3, *[DAY] * 12)
    somebody_holds(vera)
    moved = archive_activity(bot_id=bot.id)
    assert (moved.moved_old, moved.moved_excess) == (3, 2)
    assert (set(live(vera)), archived(vera)) == (set(hers), [])
    assert len(archived(boris)) == 5
    assert len(live(boris)) == len(his) - 5


def test_another_bots_people_are_left_alone(bot: Bot, other_bot: Bot) -> None:
    elsewhere = make_profile(other_bot)
    ids = act(elsewhere, OLD)
    assert archive_activity(bot_id=bot.id) == Archived()
    assert live(elsewhere) == ids


def test_the_archive_of_an_erased_person_is_gone(bot: Bot) -> None:
    vera, boris = make_profile(bot), make_profile(bot)
    for each in (vera, boris):
        act(each, OLD)
    archive_activity(bot_id=bot.id)
    with in_bot(bot.id):
        erase_profile(bot_id=bot.id, profile_id=vera.id)
    assert (len(archived(vera)), len(archived(boris))) == (0, 1)
