"""Whether somebody is written to now, later or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from broadcast.contracts import Candidate, Decision, Rules
from broadcast.deciding import decide

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
VERA = Candidate(
    recipient_id=UUID(int=1),
    state="waiting",
    variant=0,
    tries=0,
    profile_id=UUID(int=2),
    telegram_id=5,
    first_name="Vera",
    language="en",
    timezone="",
    journey_stage="",
    interested_stream="",
    created_at=NOON,
    may=True,
    is_active=True,
    is_paused=False,
    in_distress=False,
    lately=(),
)
ANY_HOUR = Rules(quiet_from=0, quiet_until=0, cap_a_day=None, bot_timezone="")
NIGHTS = replace(ANY_HOUR, quiet_from=21, quiet_until=9)


def decided(*, now: datetime = NOON, rules: Rules = ANY_HOUR, **fields: Any) -> Decision:
    return decide(replace(VERA, **fields), rules=rules, now=now)


@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        ({"profile_id": None, "may": False}, "erased", "erased"),
        ({"may": False, "in_distress": True}, "held", "no_consent"),
        ({"is_barred": True, "in_distress": True}, "held", "barred"),
        ({"in_distress": True, "is_paused": True}, "held", "distress"),
        ({"is_paused": True, "is_active": False}, "held", "paused"),
        ({"is_active": False}, "blocked", "left"),
    ],
)
def test_who_must_not_be_written_to_is_not(fields: dict[str, Any], state: str, reason: str) -> None:
    # At night, and after many others: it is told why never, before why not now.
    rules = replace(NIGHTS, cap_a_day=1)
    at_night = NOON + timedelta(hours=11)
    assert decided(now=at_night, rules=rules, lately=[NOON], **fields) == Decision(state, reason)


def test_without_hours_and_cap_it_goes_out_at_once_and_for_as_long_as_it_takes() -> None:
    assert decided(now=NOON + timedelta(hours=12)) == Decision("released")


@pytest.mark.parametrize(
    ("hour", "opens", "closes"),
    [
        (0, 9, None),
        (8, 9, None),
        (9, None, 21),
        (20, None, 21),
        (21, 9 + 24, None),
        (23, 9 + 24, None),
    ],
)
def test_the_night_defers_until_morning_and_the_day_ends_with_the_night(
    hour: int, opens: int | None, closes: int | None
) -> None:
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    found = decided(now=midnight + timedelta(hours=hour, minutes=30), rules=NIGHTS)
    if opens is not None:
        assert found == Decision("deferred", "quiet_hours", not_before=midnight + timedelta(hours=opens))
    else:
        assert closes is not None
        assert found == Decision("released", not_after=midnight + timedelta(hours=closes))


def test_quiet_hours_may_lie_within_a_day() -> None:
    siesta = replace(ANY_HOUR, quiet_from=12, quiet_until=15)
    assert decided(rules=siesta).not_before == NOON + timedelta(hours=3)
    assert decided(rules=siesta, now=NOON - timedelta(minutes=1)).not_after == NOON
    assert decided(rules=siesta, now=NOON + timedelta(hours=3)).not_after == NOON + timedelta(days=1)


def test_it_is_the_persons_own_night_then_the_bots_then_that_of_greenwich() -> None:
    tokyo = decided(rules=replace(NIGHTS, bot_timezone="America/New_York"), timezone="Asia/Tokyo")
    assert tokyo.not_before == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    new_york = decided(rules=replace(NIGHTS, bot_timezone="America/New_York"), timezone="Nowhere/Land")
    assert new_york.not_before == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    assert decided(rules=replace(NIGHTS, bot_timezone="")).not_after == NOON + timedelta(hours=9)


@pytest.mark.parametrize(
    ("now", "quiet", "not_before", "not_after"),
    [
        # Berlin springs from 2:00 to 3:00 in this night, at 1:00 UTC; nine o'clock is at 7:00 UTC, not at 8:00.
        ((3, 28, 22), (21, 9), (3, 29, 7), None),
        # Two o'clock never comes: it is over when the clock shows three.
        ((3, 29, 0), (22, 2), (3, 29, 1), None),
        ((3, 29, 0), (2, 9), None, (3, 29, 1)),
        # It falls back from 3:00 to 2:00 at 1:00 UTC; nine o'clock is at 8:00 UTC again.
        ((10, 24, 21), (21, 9), (10, 25, 8), None),
        # The hour from two to three comes twice. Before both, within the first, and within the second.
        ((10, 24, 23), (2, 9), None, (10, 25, 0)),
        ((10, 25, 0), (2, 3), (10, 25, 2), None),
        ((10, 25, 1), (2, 3), (10, 25, 2), None),
        ((10, 25, 1), (21, 9), (10, 25, 8), None),
    ],
)
def test_clocks_that_are_put_forward_and_back_move_the_night(
    now: tuple[int, int, int],
    quiet: tuple[int, int],
    not_before: tuple[int, int, int] | None,
    not_after: tuple[int, int, int] | None,
) -> None:
    def at(when: tuple[int, int, int] | None) -> datetime | None:
        return when and datetime(2026, *when, tzinfo=UTC)

    moment = at(now)
    assert moment is not None
    rules = replace(ANY_HOUR, quiet_from=quiet[0], quiet_until=quiet[1])
    found = decided(now=moment, rules=rules, timezone="Europe/Berlin")
    # Aware times of different zones are compared as moments.
    shown = [each and each.astimezone(UTC) for each in (found.not_before, found.not_after)]
    assert shown == [at(not_before), at(not_after)]


@pytest.mark.parametrize("cap", [1, 2, 3])
def test_who_got_enough_today_waits_until_the_oldest_that_counts_is_a_day_old(cap: int) -> None:
    rules = replace(ANY_HOUR, cap_a_day=cap)
    lately = [NOON - timedelta(hours=hours) for hours in (1, 5, 20, 23)]
    assert decided(rules=rules, lately=lately[: cap - 1]) == Decision("released")
    found = decided(rules=rules, lately=lately)
    assert found == Decision("deferred", "enough_today", not_before=lately[cap - 1] + timedelta(days=1))
    # So much of it is left by then.
    assert found.not_before is not None
    left = [at for at in lately if at > found.not_before - timedelta(days=1)]
    assert decided(rules=rules, now=found.not_before, lately=left) == Decision("released")
