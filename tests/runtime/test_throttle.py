from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from runtime.delivery.pacing import Pace, Quota
from runtime.dispatch.throttle import Pass, Throttle
from runtime.paces import act_pace, send_limits

YES, WARN, NO = Pass.YES, Pass.WARN, Pass.NO


def test_a_burst_passes_then_one_is_warned_then_nothing_is_said() -> None:
    throttle = Throttle(3, 1.0)
    assert [throttle.ask(7, 100.0) for _ in range(6)] == [YES, YES, YES, WARN, NO, NO]


def test_the_bucket_fills_again_and_so_does_the_right_to_a_warning() -> None:
    throttle = Throttle(2, 1.0)
    assert [throttle.ask(7, 0.0) for _ in range(3)] == [YES, YES, WARN]
    assert [throttle.ask(7, 0.5), throttle.ask(7, 1.0), throttle.ask(7, 1.1)] == [NO, YES, WARN]
    assert [throttle.ask(7, 1000.0) for _ in range(3)] == [YES, YES, WARN]


def test_one_lane_does_not_use_up_anothers() -> None:
    throttle = Throttle(1, 0.001)
    assert [throttle.ask(lane, 0.0) for lane in (1, 2, 1, 2)] == [YES, YES, WARN, WARN]


def test_another_pace_counts_what_was_done_before() -> None:
    throttle = Throttle(1, 0.001)
    assert throttle.ask(7, 0.0) is YES
    throttle.keep_to(5, 1.0)
    assert [throttle.ask(7, 0.0), throttle.ask(7, 1.0), throttle.ask(7, 100.0)] == [WARN, YES, YES]


def test_the_lanes_that_were_quiet_longest_are_forgotten() -> None:
    throttle = Throttle(1, 0.001)
    for lane in range(20_001):
        throttle.ask(lane, 0.0)
    assert (throttle.ask(0, 0.0), throttle.ask(20_000, 0.0)) == (YES, WARN)


def settings(**fields: Any) -> Any:
    return SimpleNamespace(**{"sends_per_second": 30.0, "chat_sends_per_second": 1.0, "config": {}, **fields})


@pytest.mark.parametrize(
    ("config", "pace"),
    [
        ({}, (60, 1.0)),
        ({"act_burst": 5, "acts_per_second": 2}, (5, 2.0)),
        ({"act_burst": "many", "acts_per_second": "fast"}, (60, 1.0)),
        ({"act_burst": 0, "acts_per_second": 0}, (60, 1.0)),
        ({"act_burst": -3, "acts_per_second": -1.5}, (60, 1.0)),
        ({"act_burst": None, "acts_per_second": []}, (60, 1.0)),
        ({"act_burst": 2.5}, (60, 1.0)),
    ],
)
def test_whatever_staff_wrote_there_is_a_pace_for_people(
    config: dict[str, object], pace: tuple[int, float]
) -> None:
    assert act_pace(settings(config=config)) == pace


def test_a_bot_sends_no_more_in_any_second_than_staff_set() -> None:
    limits = send_limits(settings())
    assert limits.bot == Quota(30)
    assert limits.private == Pace(rate=1.0, burst=4)


def test_no_pace_is_no_limit() -> None:
    limits = send_limits(settings(sends_per_second=None, chat_sends_per_second=None))
    assert (limits.bot, limits.private, limits.group) == (None, None, None)


def test_a_slow_bot_sends_one_at_a_time() -> None:
    assert send_limits(settings(sends_per_second=0.1)).bot == Quota(1, seconds=10.0)


def test_a_pace_between_two_whole_numbers_is_kept() -> None:
    quota = send_limits(settings(sends_per_second=2.5)).bot
    assert quota is not None
    assert (quota.count, quota.rate) == (2, pytest.approx(2.5))
