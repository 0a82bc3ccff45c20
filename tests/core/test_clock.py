"""One clock for everything: it runs, or it stands still and is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import Clock, clock


def test_the_time_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC


def test_a_running_clock_goes_on():
    first, second = clock.monotonic(), clock.monotonic()
    assert first <= second


def test_a_stopped_clock_stands_still(stopped_clock: Clock):
    assert (clock.now(), clock.monotonic()) == (clock.now(), clock.monotonic())
    assert clock.now() == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_stopped_clock_moves_both_times_together(stopped_clock: Clock):
    now, monotonic = clock.now(), clock.monotonic()
    stopped_clock.advance(timedelta(minutes=2, milliseconds=250))
    assert clock.now() - now == timedelta(minutes=2, milliseconds=250)
    assert clock.monotonic() - monotonic == pytest.approx(120.25)


def test_a_running_clock_cannot_be_moved():
    with pytest.raises(RuntimeError, match="only a stopped clock"):
        Clock().advance(timedelta(seconds=1))


def test_stopping_again_inside_holds_its_own_time_and_gives_back_the_outer_one():
    mine = Clock()
    with mine.stopped(datetime(2026, 1, 1, tzinfo=UTC)):
        with mine.stopped():
            mine.advance(timedelta(hours=1))
            assert mine.now() == datetime(2026, 1, 1, 1, tzinfo=UTC)
        assert mine.now() == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(RuntimeError):
        mine.advance(timedelta(hours=1))


def test_the_clock_runs_again_after_an_error():
    mine = Clock()
    with pytest.raises(LookupError), mine.stopped(datetime(2000, 1, 1, tzinfo=UTC)):
        raise LookupError
    assert mine.now().year > 2000
