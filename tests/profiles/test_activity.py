"""What a person did is told page by page, from the log and from the archive; staff find it in both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bots.models import Bot
from core.clock import Clock, clock
from core.ids import new_id
from core.tenancy import in_bot, in_bots
from profiles.models import ActivityLog, ArchivedActivity, Profile
from profiles.selectors import search_activity as module
from profiles.selectors.activity_of import Activity, ActivityCounts, activity_counts, activity_of
from profiles.selectors.search_activity import ActivityPage, FoundActivity, search_activity
from tests.cast import make_profile

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_noon(stopped_clock: Clock) -> None:
    """All of this is about hours."""


def did(profile: Profile, hours: float, kind: str = "message", **fields: Any) -> UUID:
    """An act of the log, or of the archive with `is_archived=True`; its id."""
    is_archived = fields.pop("is_archived", False)
    model = ArchivedActivity if is_archived else ActivityLog
    with in_bot(profile.bot_id):
        row = model(
            id=new_id(),
            bot_id=profile.bot_id,
            profile=profile,
            kind=kind,
            created_at=clock.now() - hours * HOUR,
            **({"archived_at": clock.now()} if is_archived else {}),
            **{"details": {}, **fields},
        )
        row.save(force_insert=True)
        if is_archived:
            Profile.objects.for_bot(profile.bot_id).filter(id=profile.id).update(archived_activity=1)
    return row.id


def latest(profile: Profile, **asked: Any) -> list[Activity]:
    with in_bot(profile.bot_id):
        return activity_of(bot_id=profile.bot_id, profile_id=profile.id, **asked)


def search(*bots: Bot, **asked: Any) -> ActivityPage:
    bot_ids = [each.id for each in bots]
    with in_bots(bot_ids):
        return search_activity(bot_ids=bot_ids, **asked)


def ids(page: ActivityPage) -> list[UUID]:
    return [each.id for each in page.found]


def all_pages(*bots: Bot, **asked: Any) -> list[UUID]:
    found, cursor = [], None
    while True:
        page = search(*bots, cursor=cursor, **asked)
        found += ids(page)
        if page.cursor is None:
            return found
        cursor = page.cursor


def test_the_latest_acts_come_first_and_the_archive_apart(bot: Bot) -> None:
    vera, boris = make_profile(bot), make_profile(bot)
    old = did(vera, 5, is_archived=True)
    start = did(vera, 2, "command", details={"command": "start"})
    said = did(vera, 1)
    did(boris, 1)
    now = clock.now()
    assert latest(vera) == [
        Activity(said, "message", {}, now - HOUR),
        Activity(start, "command", {"command": "start"}, now - 2 * HOUR),
    ]
    assert latest(vera, is_archived=True) == [Activity(old, "message", {}, now - 5 * HOUR)]
    with in_bot(bot.id):
        counts = activity_counts(bot_id=bot.id, profile_id=vera.id)
    assert (counts, counts.total) == (ActivityCounts(live=2, archived=1), 3)


def test_of_nobody_there_is_nothing(bot: Bot, other_bot: Bot) -> None:
    elsewhere = make_profile(other_bot)
    did(elsewhere, 1)
    with in_bot(bot.id):
        assert activity_of(bot_id=bot.id, profile_id=elsewhere.id) == []
        assert activity_counts(bot_id=bot.id, profile_id=elsewhere.id) == ActivityCounts(0, 0)


def test_pages_of_a_person_meet_also_within_one_moment(bot: Bot) -> None:
    vera = make_profile(bot)
    acts = [(did(vera, each // 3), each // 3) for each in range(7)]
    wanted = [each for each, _ in sorted(acts, key=lambda act: (-act[1], act[0]), reverse=True)]
    found: list[UUID] = []
    before = None
    while page := latest(vera, limit=2, before=before):
        found += [each.id for each in page]
        before = page[-1].at, page[-1].id
    assert found == wanted


def test_staff_find_acts_of_log_and_archive_in_one_row(bot: Bot, other_bot: Bot) -> None:
    vera, elsewhere = make_profile(bot), make_profile(other_bot)
    live = did(vera, 1, "command", details={"command": "start"})
    old = did(vera, 9, is_archived=True)
    there = did(elsewhere, 5)
    assert search(bot, other_bot).found == (
        FoundActivity(
            live, bot.id, vera.id, "command", {"command": "start"}, clock.now() - HOUR, is_archived=False
        ),
        FoundActivity(
            there, other_bot.id, elsewhere.id, "message", {}, clock.now() - 5 * HOUR, is_archived=False
        ),
        FoundActivity(old, bot.id, vera.id, "message", {}, clock.now() - 9 * HOUR, is_archived=True),
    )
    assert ids(search(bot)) == [live, old]
    assert ids(search(other_bot)) == [there]


def test_a_bot_out_of_scope_is_not_searched(bot: Bot, other_bot: Bot) -> None:
    did(make_profile(other_bot), 1)
    with in_bot(bot.id):
        assert search_activity(bot_ids=[bot.id, other_bot.id]) == ActivityPage((), None)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, ["tap", "start", "photo", "old"]),
        ({"kind": "command"}, ["start"]),
        ({"text": "START"}, ["start"]),
        ({"text": "команд"}, ["old"]),
        ({"text": "command"}, []),
        ({"text": "%"}, []),
        ({"kind": "message", "text": "photo"}, ["photo"]),
        ({"since": timedelta(hours=3)}, ["tap", "start", "photo"]),
        ({"until": timedelta(hours=3)}, ["old"]),
        ({"since": timedelta(hours=3), "until": timedelta(hours=1)}, ["start", "photo"]),
    ],
)
def test_a_search_is_narrowed_by_kind_words_and_time(
    bot: Bot, asked: dict[str, Any], wanted: list[str]
) -> None:
    vera = make_profile(bot)
    acts = {
        "old": did(vera, 9, "command_of_old", details={"said": "Команда"}, is_archived=True),
        "photo": did(vera, 3, details={"media": "photo"}),
        "start": did(vera, 2, "command", details={"command": "start"}),
        "tap": did(vera, 1, "callback_query"),
    }
    moments = {
        name: clock.now() - value if isinstance(value, timedelta) else value for name, value in asked.items()
    }
    for profile_id in (None, vera.id):
        assert ids(search(bot, profile_id=profile_id, **moments)) == [acts[name] for name in wanted]


def test_a_search_for_one_person_finds_theirs_alone(bot: Bot) -> None:
    vera, boris = make_profile(bot), make_profile(bot)
    hers = [did(vera, 1), did(vera, 2, is_archived=True)]
    did(boris, 1)
    assert ids(search(bot, profile_id=vera.id)) == hers


@pytest.mark.parametrize("asked", [{}, {"kind": "message"}])
def test_pages_of_a_search_meet(bot: Bot, other_bot: Bot, asked: dict[str, Any]) -> None:
    people = [make_profile(bot), make_profile(other_bot)]
    acts = [(did(people[each % 2], each // 4, is_archived=each % 3 == 0), each // 4) for each in range(16)]
    wanted = [each for each, _ in sorted(acts, key=lambda act: (-act[1], act[0]), reverse=True)]
    for limit in (1, 3, 16, 50):
        assert all_pages(bot, other_bot, limit=limit, **asked) == wanted


def test_a_search_for_something_rare_stops_and_says_where_to_look_on(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STRETCH", 2)
    monkeypatch.setattr(module, "LOOKS", 2)
    vera = make_profile(bot)
    acts = [did(vera, hours, "tap" if hours == 5 else "message") for hours in range(7)]
    page = search(bot, kind="tap", limit=1)
    assert page == ActivityPage((), (clock.now() - 3 * HOUR, acts[3]))
    page = search(bot, kind="tap", limit=1, cursor=page.cursor)
    assert ids(page) == [acts[5]]
    assert all_pages(bot, kind="tap", limit=1) == [acts[5]]


@pytest.mark.parametrize("words", ['"quoted"', "back\\slash", "тире — да", "new\nline"])
def test_words_are_found_as_they_were_written(bot: Bot, words: str) -> None:
    vera = make_profile(bot)
    wanted = did(vera, 1, details={"said": f"Well, {words}!"})
    did(vera, 2, details={"said": "Well, quoted back slash"})
    assert ids(search(bot, text=words.upper())) == [wanted]
