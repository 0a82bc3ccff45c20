"""What the charts of the first page are made of. Pure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from care.answer_times import BOUNDS, CLASSES, added, in_classes, percentile
from dashboard.home.charts import Part, Step, bars, columns, funnel, percent, round_up, stack
from dashboard.home.faces import money, number, seconds

MONDAY = date(2026, 3, 2)


def answers(**found: int) -> list[int]:
    """`s5=3`: three answers in class 5."""
    return in_classes({name.removeprefix("s"): count for name, count in found.items()})


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1), (1, 1), (3, 3), (7, 8), (9, 10), (11, 15), (22, 25), (81, 100), (2301, 2500), (7999, 8000)],
)
def test_the_upper_edge_is_a_round_number_not_below_the_highest(value: int, top: int) -> None:
    assert round_up(value) == top


def test_a_days_pieces_stand_on_each_other() -> None:
    drawn = columns([(MONDAY, (2, 3)), (MONDAY + timedelta(days=1), (0, 5))], kinds=("people", "bots"))
    assert (drawn.width, drawn.bar, drawn.top, drawn.total, drawn.is_empty) == ("20.00", "8.00", 5, 10, False)
    first, last = drawn.columns
    assert first.parts == (Part("people", "60.00", "40.00"), Part("bots", "0.00", "60.00"))
    assert (first.x, first.values, first.is_last) == ("1.00", (2, 3), False)
    assert (last.parts, last.x, last.is_last) == ((Part("bots", "0.00", "100.00"),), "11.00", True)


def test_days_on_which_nothing_happened_are_drawn_as_nothing() -> None:
    drawn = columns([(MONDAY, (0,))], kinds=("sessions",))
    assert (drawn.is_empty, drawn.columns[0].parts, drawn.top) == (True, (), 1)
    assert columns([], kinds=()).columns == ()


def test_the_longest_bar_is_as_long_as_may_be_and_whoever_is_missing_counts_none() -> None:
    found = bars({"b": 30, "c": 10}, names={"a": "A", "b": "B", "c": "C"})
    assert [(each.name, each.count, each.length, each.of_whole) for each in found] == [
        ("A", 0, "0.00", 0),
        ("B", 30, "100.00", 75),
        ("C", 10, "33.33", 25),
    ]
    assert [each.of_whole for each in bars({}, names={"a": "A"})] == [None]


def test_a_funnel_compares_each_step_with_the_first_and_with_the_one_it_follows() -> None:
    steps = [Step("all", "All", 200), Step("said", "Said yes", 50, "all"), Step("went", "Went", 10, "said")]
    assert [(each.length, each.of_whole, each.of_previous) for each in funnel(steps)] == [
        ("100.00", 100, None),
        ("25.00", 25, 25),
        ("5.00", 5, 20),
    ]
    assert funnel([]) == ()


def test_a_step_with_more_people_than_the_one_it_follows_is_no_part_of_it() -> None:
    steps = [Step("all", "All", 100), Step("began", "Began", 4, "all"), Step("came", "Came", 51, "began")]
    assert [(each.of_whole, each.of_previous) for each in funnel(steps)] == [(100, None), (4, 4), (51, None)]


def test_a_funnel_of_nobody_has_no_percents() -> None:
    (first, second) = funnel([Step("all", "All", 0), Step("said", "Said", 0, "all")])
    assert (first.length, first.of_whole, second.of_previous) == ("0.00", None, None)


def test_parts_of_a_whole_stand_beside_each_other_and_nothing_takes_no_place() -> None:
    assert stack({"a": 1, "b": 0, "c": 3}) == (Part("a", "0.00", "25.00"), Part("c", "25.00", "75.00"))
    assert stack({"a": 0}) == ()


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 9, 0), (1, 9, 11), (1, 5000, 1), (4999, 5000, 99), (9, 9, 100), (1, 0, None)],
)
def test_percents_never_round_a_little_to_nothing_nor_almost_all_to_all(
    part: int, whole: int, shown: int | None
) -> None:
    assert percent(part, whole) == shown


def test_the_share_of_answers_is_straight_within_a_class() -> None:
    # Class 5 lies between 0.75 and 1 s, class 8 between 2 and 3 s.
    counts = answers(s5=10, s8=10)
    assert percentile(counts, 0.5) == 1.0
    assert percentile(counts, 0.25) == 0.875
    assert percentile(counts, 0.95) == pytest.approx(2.9)


def test_without_answers_there_is_no_time_and_those_that_took_longest_took_at_least_so_long() -> None:
    assert percentile([0] * CLASSES, 0.5) is None
    assert percentile(in_classes({str(CLASSES - 1): 4}), 0.5) == BOUNDS[-1]


def test_answers_of_several_days_are_added_and_other_classes_left_out() -> None:
    assert added([answers(s1=2), answers(s1=1, s3=4), [1, 2, 3]]) == answers(s1=3, s3=4)


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "$0.00"),
        (1, "< $0.01"),
        (10_000, "$0.01"),
        (1_250_000, "$1.25"),
        (12_345_678_900, "$12\u202f345.68"),
    ],
)
def test_money_is_shown_in_cents_and_a_little_is_not_nothing(micros: int, shown: str) -> None:
    assert money(micros) == shown


@pytest.mark.parametrize(
    ("taken", "shown"),
    [(None, "–"), (0.254, "250 ms"), (1.0, "1.0 s"), (9.96, "10.0 s"), (42.4, "42 s"), (150.0, "2 min")],
)
def test_times_are_as_exact_as_anybody_needs_them(taken: float | None, shown: str) -> None:
    assert seconds(taken) == shown


def test_thousands_stand_apart() -> None:
    assert (number(999), number(1_234_567)) == ("999", "1\u202f234\u202f567")
