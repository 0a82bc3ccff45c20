"""Activity that is old, or more than a person's log is to hold, goes to the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from core.clock import clock
from core.tenancy import in_bot
from profiles.statements import SQL

KEEP_FOR = timedelta(days=90)
KEEP_A_PERSON = 1000

# Rows that move in one transaction: a tenth of a second, in which these people's next message waits.
SLICE = 2_000
# People that one look for candidates goes through.
PEOPLE = 20_000

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_FIRST_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Archived:
    """What a run has moved: rows past their age, rows beyond a person's number, in so many transactions."""

    moved_old: int = 0
    moved_excess: int = 0
    slices: int = 0
    # It was to stop before everything was moved.
    is_cut_short: bool = False

    def __add__(self, other: Archived) -> Archived:
        return Archived(
            self.moved_old + other.moved_old,
            self.moved_excess + other.moved_excess,
            self.slices + other.slices,
            self.is_cut_short or other.is_cut_short,
        )


def archive_activity(*, bot_id: UUID, must_stop: Callable[[], bool] = lambda: False) -> Archived:
    """Move a bot's activity that is over 90 days old, and what a person has beyond 1000 rows, oldest first.

    Each slice is one statement in a transaction of its own: wherever a run ends, a row lies in the log or in the
    archive, once, and `archived_activity` of its person says so. People whose row is held by somebody else are
    left for the next run. Asks `must_stop` after each slice.
    """
    now = clock.now()
    done = Archived()
    for moved in chain(_move_old(bot_id, now), _move_rest(bot_id, now)):
        done += moved
        if must_stop():
            return done + Archived(is_cut_short=True)
    return done


def _move_old(bot_id: UUID, now: datetime) -> Iterator[Archived]:
    """What is old in the order of its time, as it lies on the disk."""
    after_at, after_id = _EARLIEST, _FIRST_ID
    while True:
        rows = _run(bot_id, "archive_old", now, after_at=after_at, after_id=after_id, slice=SLICE)
        if not rows:
            return
        (row,) = rows
        # Behind what was just moved: the index still holds the dead rows.
        after_at, after_id = row.reached_at, row.reached_id
        yield Archived(moved_old=row.moved, slices=1)


def _move_rest(bot_id: UUID, now: datetime) -> Iterator[Archived]:
    """What single people have too much, and old rows of those who were busy a moment ago."""
    after_id = _FIRST_ID
    while rows := _run(
        bot_id, "archive_candidates", now, after_id=after_id, people=PEOPLE, kept=KEEP_A_PERSON
    ):
        for profile_ids in _packs(rows):
            moved = SLICE
            while moved == SLICE:
                (row,) = _run(
                    bot_id,
                    "archive_people",
                    now,
                    profile_ids=profile_ids,
                    kept=KEEP_A_PERSON,
                    slice=SLICE,
                )
                moved = row.moved
                yield Archived(moved_old=row.old, moved_excess=row.moved - row.old, slices=1)
        after_id = rows[-1].profile_id
        yield Archived()


def _packs(candidates: Sequence[Any]) -> Iterator[list[UUID]]:
    """People of whom together about a slice is to be moved; somebody with much more is a pack of their own."""
    pack: list[UUID] = []
    due = 0
    for each in candidates:
        if each.due <= 0:
            continue
        if pack and due + each.due > SLICE:
            yield pack
            pack, due = [], 0
        pack.append(each.profile_id)
        due += each.due
    if pack:
        yield pack


def _run(bot_id: UUID, name: str, now: datetime, **params: object) -> Sequence[Any]:
    asked: Mapping[str, object] = {"bot_id": bot_id, "now": now, "horizon": now - KEEP_FOR, **params}
    with in_bot(bot_id):
        SQL["plan_once"].run({})
        return SQL[name].rows(asked)
