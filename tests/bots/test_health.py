from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bots.health import SILENT, Look, Period, Span, look_of, spans, strip, troubles, uptime

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATIENCE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def ran(state: str, since: float, until: float, heard: float | None = None, error: str = "") -> Period:
    return Period(state, at(since), at(until), None if heard is None else at(heard), error)


def told(found: tuple[Span, ...]) -> list[tuple[str, str, float, float]]:
    def minutes(moment: datetime) -> float:
        return (moment - NOON).total_seconds() / 60

    return [(str(each.look), each.state, minutes(each.since), minutes(each.until)) for each in found]


def hour(*periods: Period) -> tuple[Span, ...]:
    return spans(periods, start=at(0), end=at(60), patience=PATIENCE)


@pytest.mark.parametrize(
    ("state", "look"),
    [
        ("running", "good"),
        ("starting", "wait"),
        ("backing_off", "wait"),
        ("paused", "rest"),
        ("stopped", "rest"),
        ("deaf", "bad"),
        ("conflict", "bad"),
        ("token_revoked", "bad"),
        ("crashed", "bad"),
        ("something new", "bad"),
    ],
)
def test_a_state_looks_good_waiting_resting_or_bad(state: str, look: str) -> None:
    assert look_of(state) == look


def test_the_whole_time_is_told_and_what_was_not_kept_looks_like_nothing() -> None:
    found = hour(ran("running", 20, 40, heard=40), ran("deaf", 40, 45, error="no answer"))
    assert told(found) == [
        ("none", "", 0, 20),
        ("good", "running", 20, 40),
        ("bad", "deaf", 40, 45),
        ("none", "", 45, 60),
    ]
    assert found[2].error == "no answer"


def test_what_lies_outside_is_cut_off() -> None:
    found = hour(ran("stopped", -90, -60), ran("running", -30, 90, heard=90))
    assert told(found) == [("good", "running", 0, 60)]


def test_who_died_without_a_word_was_silent_from_the_last_poll_on() -> None:
    assert told(hour(ran("running", 0, 50, heard=30), ran("starting", 50, 60))) == [
        ("good", "running", 0, 30),
        ("bad", SILENT, 30, 50),
        ("wait", "starting", 50, 60),
    ]


def test_a_bot_that_never_polled_was_silent_all_the_while() -> None:
    assert told(hour(ran("running", 0, 60, heard=None))) == [("bad", SILENT, 0, 60)]
    # The last poll belongs to the time before.
    assert told(hour(ran("running", -10, 60, heard=-20))) == [("bad", SILENT, 0, 60)]


def test_a_short_silence_is_none() -> None:
    assert told(hour(ran("running", 0, 60, heard=59.5))) == [("good", "running", 0, 60)]


def test_states_that_stand_still_poll_nobody_and_are_not_silent() -> None:
    assert told(hour(ran("paused", 0, 60, heard=0))) == [("rest", "paused", 0, 60)]


def test_what_overlaps_is_told_once() -> None:
    found = hour(ran("running", 0, 40, heard=40), ran("running", 30, 60, heard=60))
    assert told(found) == [("good", "running", 0, 60)]


def test_uptime_is_the_share_of_the_time_in_which_it_was_to_hear() -> None:
    found = hour(
        ran("stopped", 0, 20), ran("starting", 20, 22), ran("running", 22, 58, heard=58), ran("deaf", 58, 60)
    )
    assert uptime(found) == pytest.approx(36 / 40)
    assert uptime(hour(ran("paused", 0, 60))) is None
    assert uptime(()) is None


def test_a_strip_has_a_cell_for_each_step() -> None:
    drawn = strip(hour(ran("running", 15, 60, heard=60)), start=at(0), end=at(60), count=4)
    assert (drawn.width, drawn.cell, drawn.uptime) == ("40.00", "8.00", 1.0)
    assert [each.x for each in drawn.cells] == ["1.00", "11.00", "21.00", "31.00"]
    assert [each.look for each in drawn.cells] == [Look.NONE, Look.GOOD, Look.GOOD, Look.GOOD]
    assert drawn.cells[0].parts == ()
    assert drawn.cells[0].uptime is None
    (part,) = drawn.cells[1].parts
    assert (part.look, part.y, part.height) == (Look.GOOD, "0.00", "40.00")


def test_a_short_trouble_is_seen_in_a_long_step_and_the_cell_is_not_overfull() -> None:
    found = hour(ran("running", 0, 59.9, heard=59.9), ran("deaf", 59.9, 60))
    (cell,) = strip(found, start=at(0), end=at(60), count=1).cells
    assert cell.look is Look.BAD
    assert [each.look for each in cell.parts] == [Look.GOOD, Look.BAD]
    heights = [float(each.height) for each in cell.parts]
    assert sum(heights) == pytest.approx(40, abs=0.02)
    assert heights[1] > 6
    assert cell.uptime == pytest.approx(59.9 / 60)


def test_troubles_are_told_newest_first_without_what_was_over_at_once() -> None:
    found = hour(
        ran("deaf", 0, 1),
        ran("running", 1, 20, heard=20),
        ran("backing_off", 20, 20.2),
        ran("running", 20.2, 30, heard=30),
        ran("backing_off", 30, 36),
        ran("paused", 36, 60),
    )
    assert [each.state for each in troubles(found, at_least=timedelta(minutes=2))] == ["backing_off", "deaf"]
