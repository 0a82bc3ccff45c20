"""The breaker with a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.clock import Clock, clock
from llm.breaker import Breaker


@pytest.fixture
def stopped() -> Iterator[Clock]:
    with clock.stopped() as stopped:
        yield stopped


def opened(*, failures: int = 3) -> Breaker:
    breaker = Breaker(threshold=3, cool_down=30.0)
    for _ in range(failures):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_it_is_closed_until_enough_failures_in_a_row(stopped: Clock) -> None:
    breaker = opened(failures=2)
    assert breaker.state == "closed"
    assert breaker.allows()
    assert breaker.unreachable_since is None


def test_a_success_between_failures_starts_the_count_again(stopped: Clock) -> None:
    breaker = opened(failures=2)
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert breaker.state == "closed"


def test_open_it_allows_nothing_until_the_cool_down_is_over(stopped: Clock) -> None:
    breaker = opened()
    stopped.advance(timedelta(seconds=29.9))
    assert breaker.state == "open"
    assert not breaker.allows()
    stopped.advance(timedelta(seconds=0.2))
    assert breaker.state == "half_open"
    assert breaker.allows()


def test_half_open_it_allows_one_probe_at_a_time(stopped: Clock) -> None:
    breaker = opened()
    stopped.advance(timedelta(seconds=30))
    assert breaker.allows()
    assert not breaker.allows()
    breaker.released()
    assert breaker.allows()


def test_a_probe_that_fails_opens_it_again(stopped: Clock) -> None:
    breaker = opened()
    stopped.advance(timedelta(seconds=30))
    assert breaker.allows()
    breaker.failed()
    assert breaker.state == "open"
    assert not breaker.allows()
    stopped.advance(timedelta(seconds=30))
    assert breaker.allows()


def test_a_probe_that_succeeds_closes_it(stopped: Clock) -> None:
    breaker = opened()
    stopped.advance(timedelta(seconds=30))
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.allows()
    assert breaker.allows()
    assert breaker.unreachable_since is None


def test_a_probe_that_was_never_heard_of_does_not_block_for_good(stopped: Clock) -> None:
    breaker = opened()
    stopped.advance(timedelta(seconds=30))
    assert breaker.allows()
    stopped.advance(timedelta(seconds=30))
    assert breaker.allows()


def test_it_knows_since_when_the_endpoint_has_been_unreachable(stopped: Clock) -> None:
    breaker = Breaker(threshold=2, cool_down=30.0)
    began = clock.now()
    breaker.failed()
    assert breaker.unreachable_since is None
    stopped.advance(timedelta(seconds=5))
    breaker.failed()
    assert breaker.unreachable_since == began
    for _ in range(12):
        stopped.advance(timedelta(seconds=30))
        assert breaker.allows()
        breaker.failed()
    assert breaker.unreachable_since == began
    assert clock.now() - began == timedelta(seconds=365)
