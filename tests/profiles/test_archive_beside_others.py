"""The archive runs while people write, and beside another that was thought dead: nothing is lost, doubled, or stuck."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connections

from bots.models import Bot
from core.clock import clock
from core.ids import new_id
from core.tenancy import in_bot
from profiles.contracts import Act, Sighting
from profiles.models import ActivityLog, ArchivedActivity, Profile
from profiles.services import archive_activity as module
from profiles.services.archive_activity import archive_activity
from profiles.services.mark_tried import mark_tried
from profiles.services.recognise import recognise
from tests.cast import make_profile

T = TypeVar("T")

ACTS = 40


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEEP_A_PERSON", 10)
    monkeypatch.setattr(module, "SLICE", 30)


@pytest.fixture
def people(bot: Bot) -> list[Profile]:
    """Eight, each with forty acts, half of them old."""
    made = [make_profile(bot) for _ in range(8)]
    rows = [
        ActivityLog(
            id=new_id(),
            bot=bot,
            profile=each,
            kind="message",
            created_at=clock.now() - timedelta(days=day if day % 2 else day + 100),
        )
        for each in made
        for day in range(ACTS)
    ]
    with in_bot(bot.id):
        ActivityLog.objects.bulk_create(rows)
    return made


def on_a_thread(run: Callable[[], T]) -> Callable[[], T]:
    """With a connection of its own, closed at the end."""

    def closing() -> T:
        try:
            return run()
        finally:
            connections.close_all()

    return closing


def where_all_are(bot: Bot) -> list[tuple[int, int, int]]:
    """Of each person: rows in the log, rows in the archive, and how many the profile says are there."""
    with in_bot(bot.id):
        return [
            (
                ActivityLog.objects.for_bot(bot.id).filter(profile_id=each.id).count(),
                ArchivedActivity.objects.for_bot(bot.id).filter(profile_id=each.id).count(),
                each.archived_activity,
            )
            for each in Profile.objects.for_bot(bot.id)
        ]


def test_two_archives_at_once_move_each_row_once(bot: Bot, people: list[Profile]) -> None:
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(on_a_thread(lambda: archive_activity(bot_id=bot.id))) for _ in range(2)]
        moved = [run.result() for run in runs]
    # People whom both wanted at the same moment were left to a later run.
    moved.append(archive_activity(bot_id=bot.id))
    assert where_all_are(bot) == [(10, ACTS - 10, ACTS - 10)] * len(people)
    assert sum(each.moved_old + each.moved_excess for each in moved) == (ACTS - 10) * len(people)


def test_people_write_and_are_refreshed_while_their_past_is_archived(bot: Bot, people: list[Profile]) -> None:
    def write() -> None:
        chance = random.Random(5)
        for _ in range(40):
            some = chance.sample(people, 5)
            with in_bot(bot.id):
                recognise(
                    bot_id=bot.id,
                    sightings=[
                        Sighting(each.telegram_id, "Vera", "", "", "en", (Act(new_id(), "message"),))
                        for each in some
                    ],
                )

    def refresh() -> None:
        chance = random.Random(6)
        for _ in range(40):
            some = chance.sample(people, 5)
            with in_bot(bot.id):
                mark_tried(bot_id=bot.id, profile_ids=[each.id for each in some], at=clock.now())

    def archive() -> None:
        for _ in range(10):
            archive_activity(bot_id=bot.id)

    with ThreadPoolExecutor(3) as pool:
        for run in [pool.submit(on_a_thread(each)) for each in (write, refresh, archive)]:
            run.result()
    archive_activity(bot_id=bot.id)
    stands = where_all_are(bot)
    assert [(live, archived == counted) for live, archived, counted in stands] == [(10, True)] * len(people)
    assert sum(live + archived for live, archived, _ in stands) == ACTS * len(people) + 40 * 5
