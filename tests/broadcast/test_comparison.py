from __future__ import annotations

from hashlib import md5
from math import isclose
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import Connection

from broadcast.comparison import (
    Arm,
    ArmRate,
    Note,
    Split,
    bucket,
    compare,
    note_told,
    probability_of_more,
)

BROADCAST = UUID("0b54c7a6-6f3b-4d4c-9a2e-3f9c1b7d2e10")
OTHER = UUID("7b1f3f0e-52b0-4f0e-8f6c-0d6f6a1b2c3d")

counts = st.integers(0, 400).flatmap(lambda sent: st.tuples(st.just(sent), st.integers(0, sent)))


def arm(label: str, sent: int, replied: int, clicked: int = 0) -> Arm:
    return Arm(label, sent, replied, clicked)


def rate(sent: int, successes: int) -> ArmRate:
    return ArmRate("", sent, successes, 0.0, 0.0, 0.0)


def integrated(one: ArmRate, other: ArmRate, steps: int = 4000) -> float:
    """The same probability by plain summing over a grid: slow, and obviously right."""

    def density(of: ArmRate) -> list[float]:
        raw = [
            ((step + 0.5) / steps) ** of.successes * (1 - (step + 0.5) / steps) ** (of.sent - of.successes)
            for step in range(steps)
        ]
        return [each / sum(raw) for each in raw]

    total = below = 0.0
    for high, low in zip(density(one), density(other), strict=True):
        total += high * (below + low / 2)
        below += low
    return total


def test_the_better_text_is_found_with_its_confidence() -> None:
    found = compare([arm("A", 1000, 100), arm("B", 1000, 130)], by="replied")
    assert (found.best, found.note) == ("B", Note.SURE)
    assert round(found.confidence, 4) == 0.9822
    assert [(each.label, each.successes, each.rate) for each in found.arms] == [
        ("A", 100, 0.1),
        ("B", 130, 0.13),
    ]


def test_clicks_are_another_question_than_replies() -> None:
    arms = [arm("A", 1000, 100, 50), arm("B", 1000, 130, 5)]
    assert compare(arms, by="clicked").best == "A"
    assert compare(arms, by="replied").best == "B"


def test_the_best_is_compared_with_the_second_of_many() -> None:
    arms = [arm("A", 500, 10), arm("B", 500, 60), arm("C", 500, 58)]
    found = compare(arms, by="replied")
    assert (found.best, found.note) == ("B", Note.EVEN)
    assert found.confidence == probability_of_more(rate(500, 60), rate(500, 58))
    assert [each.label for each in found.arms] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("arms", "note"),
    [
        ([], Note.NOTHING_SENT),
        ([arm("A", 0, 0), arm("B", 0, 0)], Note.NOTHING_SENT),
        ([arm("A", 900, 90)], Note.ALONE),
        ([arm("A", 900, 90), arm("B", 0, 0)], Note.ALONE),
        ([arm("A", 29, 20), arm("B", 30, 1)], Note.TOO_FEW),
        ([arm("A", 1000, 0), arm("B", 1000, 0)], Note.TOO_FEW),
        ([arm("A", 1000, 4), arm("B", 1000, 0)], Note.TOO_FEW),
    ],
)
def test_where_chance_decides_there_is_no_best(arms: list[Arm], note: Note) -> None:
    found = compare(arms, by="replied", control=arm("control", 100, 3))
    assert (found.best, found.confidence, found.note) == (None, 0.0, note)
    assert (found.lift, found.control_confidence) == (None, None)
    assert len(found.arms) == len(arms)


@pytest.mark.parametrize(
    ("one", "note"), [(50, Note.EVEN), (52, Note.EVEN), (60, Note.LIKELY), (70, Note.SURE)]
)
def test_how_sure_it_is_is_said(one: int, note: Note) -> None:
    assert compare([arm("A", 500, one), arm("B", 500, 50)], by="replied").note is note


def test_of_equals_the_first_is_the_best_and_nothing_is_made_of_it() -> None:
    found = compare([arm("B", 100, 10), arm("A", 100, 10)], by="replied")
    assert (found.best, found.note) == ("B", Note.EVEN)
    assert isclose(found.confidence, 0.5)
    # A higher share of fewer people may be no better at all.
    assert compare([arm("A", 10_000, 1000), arm("B", 10, 1), arm("C", 10_000, 1)], by="replied").best is None


def test_the_least_that_is_enough_is_enough() -> None:
    found = compare([arm("A", 30, 5), arm("B", 30, 0)], by="replied")
    assert (found.best, found.note) == ("A", Note.SURE)


def test_a_control_is_compared_with_the_best() -> None:
    arms = [arm("A", 1000, 100), arm("B", 1000, 150)]
    found = compare(arms, by="replied", control=arm("control", 500, 20))
    assert found.control is not None
    assert (found.control.label, found.control.rate) == ("control", 0.04)
    assert found.lift is not None
    assert round(found.lift, 4) == 0.11
    assert found.control_confidence == probability_of_more(rate(1000, 150), rate(500, 20))
    nobody = compare(arms, by="replied", control=arm("control", 0, 0))
    assert (nobody.lift, nobody.control_confidence) == (None, None)


def test_impossible_figures_are_brought_into_bounds() -> None:
    found = compare([arm("A", 100, 150), arm("B", 100, -3), arm("C", -5, 3)], by="replied")
    assert [(each.sent, each.successes) for each in found.arms] == [(100, 100), (100, 0), (0, 0)]
    assert found.best == "A"


@pytest.mark.parametrize(
    ("sent", "replied", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (10, 0, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        # Newcombe 1998, table I, method 3.
        (263, 81, 0.2553, 0.3662),
        (148, 15, 0.0624, 0.1605),
        (29, 1, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(sent: int, replied: int, low: float, high: float) -> None:
    (found,) = compare([arm("A", sent, replied)], by="replied").arms
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (rate(20, 5), rate(20, 2)),
        (rate(100, 3), rate(400, 90)),
        (rate(400, 90), rate(100, 3)),
        (rate(50, 48), rate(60, 59)),
        (rate(60, 59), rate(50, 48)),
        (rate(0, 0), rate(30, 10)),
        (rate(30, 30), rate(30, 0)),
    ],
)
def test_the_probability_is_the_one_that_plain_summing_gives(one: ArmRate, other: ArmRate) -> None:
    assert isclose(probability_of_more(one, other), integrated(one, other), abs_tol=1e-5)


@given(one=counts, other=counts)
def test_one_of_two_is_better(one: tuple[int, int], other: tuple[int, int]) -> None:
    there, back = probability_of_more(rate(*one), rate(*other)), probability_of_more(rate(*other), rate(*one))
    assert 0 <= there <= 1
    assert isclose(there + back, 1, abs_tol=1e-9)


@given(counts)
def test_between_equals_it_is_half(one: tuple[int, int]) -> None:
    assert isclose(probability_of_more(rate(*one), rate(*one)), 0.5, abs_tol=1e-9)


def test_very_large_samples_go_on_where_large_ones_end() -> None:
    # One more success than is summed term by term.
    summed = probability_of_more(rate(100_000, 10_200), rate(100_000, 9_999))
    approached = probability_of_more(rate(100_000, 10_201), rate(100_000, 10_000))
    assert isclose(summed, approached, abs_tol=1e-4)
    assert probability_of_more(rate(10**7, 10**6), rate(10**7, 10**6 + 10**5)) == pytest.approx(0, abs=1e-12)


def test_notes_are_told_in_both_languages() -> None:
    assert note_told(Note.TOO_FEW, "en") == note_told(Note.TOO_FEW, "de") == "Too few to tell."
    assert note_told(Note.TOO_FEW, "ru") == "Слишком мало данных, чтобы судить."
    assert len({note_told(note, language) for note in Note for language in ("en", "ru")}) == 2 * len(Note)


# Who gets what.


def test_a_bucket_never_changes() -> None:
    digest = md5(b"control:0b54c7a6-6f3b-4d4c-9a2e-3f9c1b7d2e10:42").hexdigest()
    assert bucket(BROADCAST, 42, "control") == int(digest[:8], 16) % 10_000 == 7668


def test_the_database_computes_the_same_bucket(owner_database: Connection[tuple[object, ...]]) -> None:
    rows = owner_database.execute(
        """
        SELECT person, ('x' || left(md5('test:' || %s::uuid || ':' || person), 8))::bit(32)::bigint %% 10000
        FROM generate_series(5000000000, 5000000500) AS person
        """,
        (BROADCAST,),
    ).fetchall()
    assert len(rows) == 501
    assert all(bucket(BROADCAST, int(str(person)), "test") == found for person, found in rows)


def test_a_person_is_always_placed_alike_and_each_broadcast_anew() -> None:
    split = Split(10, 50, 3)
    places = [split.place(BROADCAST, person) for person in range(200)]
    assert places == [split.place(BROADCAST, person) for person in range(200)]
    assert places != [split.place(OTHER, person) for person in range(200)]


def test_shares_are_what_they_were_asked_to_be() -> None:
    places = [Split(10, 40, 2).place(BROADCAST, person) for person in range(20_000)]
    assert abs(places.count("control") - 2000) < 200
    assert abs(places.count("spare") - 18_000 * 0.6) < 300
    assert abs(places.count(0) - 18_000 * 0.2) < 250
    assert abs(places.count(1) - 18_000 * 0.2) < 250


@given(person=st.integers(-(2**62), 2**62), variants=st.integers(1, 6))
def test_shares_of_nothing_and_of_all_hold_for_everybody(person: int, variants: int) -> None:
    assert Split(100, 100, variants).place(BROADCAST, person) == "control"
    assert Split(0, 0, variants).place(BROADCAST, person) == "spare"
    assert Split(0, 100, variants).place(BROADCAST, person) in range(variants)


@given(person=st.integers(1, 2**62), less=st.integers(0, 100), more=st.integers(0, 100))
def test_a_larger_share_only_adds_people(person: int, less: int, more: int) -> None:
    less, more = sorted((less, more))
    if Split(less, 100, 2).place(BROADCAST, person) == "control":
        assert Split(more, 100, 2).place(BROADCAST, person) == "control"
    if Split(0, more, 2).place(BROADCAST, person) == "spare":
        assert Split(0, less, 2).place(BROADCAST, person) == "spare"


@pytest.mark.parametrize("shares", [(-1, 50, 2), (101, 50, 2), (10, -1, 2), (10, 101, 2), (10, 50, 0)])
def test_shares_that_make_no_sense_are_refused(shares: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="percent"):
        Split(*shares)
