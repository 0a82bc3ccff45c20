from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BeforeValidator

from journey.stages import StageCode
from sessions_app import shapes


class Anything(shapes.Outcome):
    line: Annotated[str, shapes.line(20)]
    told: Annotated[str, shapes.told_line(20)]
    prose: Annotated[str, shapes.told_prose(20)]
    percent: Annotated[int, BeforeValidator(shapes.percent)]


def read(value: object) -> Anything:
    return Anything.model_validate(dict.fromkeys(Anything.model_fields, value))


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        (85, 85),
        ("85%", 85),
        ("примерно 85 %", 85),
        (0.85, 85),
        ("0,85", 85),
        ("0.4%", 0),
        (1, 1),
        (8500, 100),
        ("8500%", 100),
        (-3, 0),
        (10**400, 100),
        (-(10**400), 0),
        (float("nan"), 0),
        (float("inf"), 0),
        (True, 0),
        (None, 0),
        ("много", 0),
        ([85], 0),
        ({"percent": 85}, 0),
        (b"85", 0),
    ],
)
def test_percent_is_whole_and_between_nothing_and_all(value: object, percent: int) -> None:
    assert shapes.percent(value) == percent


@pytest.mark.parametrize("nothing", [None, "", " ", "null", "None.", "N/A", "—", "нет", {}, [], True, b"x"])
def test_what_only_says_that_there_is_nothing_is_empty(nothing: object) -> None:
    assert (read(nothing).told, read(nothing).prose) == ("", "")


def test_a_word_for_nothing_within_words_stays() -> None:
    assert read("Нет никого рядом").told == "Нет никого рядом"


def test_a_list_that_has_no_bottom_is_read_as_far_as_it_makes_sense() -> None:
    deep: object = "слово"
    for _ in range(100_000):
        deep = [deep]

    assert read(deep).line == ""
    assert read([["раз"], "два"]).line == "раз; два"


def test_numbers_of_any_length_are_no_text() -> None:
    assert read(10**6000).line == ""
    assert read(12).line == "12"
    assert read(0.5).line == "0.5"


def test_three_megabytes_are_cut() -> None:
    assert read("слово " * 500_000).line == "слово слово слово…"


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        ([{"name": "a"}, {"name": ""}, {}, 7, None, "x"], [{"name": "a"}]),
        ({"name": "a", "x": 1}, [{"name": "a", "x": 1}]),
        ({"a": {"x": 1}, "b": 2}, [{"name": "a", "x": 1}]),
        ([{"name": "a"}] * 1000, [{"name": "a"}] * 3),
        ("a", []),
        (None, []),
        (5, []),
    ],
)
def test_entries_are_read_however_they_were_listed(value: object, entries: list[object]) -> None:
    class Listing(shapes.Outcome):
        each: Annotated[list[dict[str, object]], shapes.entries(3, named="name")]

    assert Listing.model_validate({"each": value}).each == entries


def test_a_stage_is_not_looked_for_in_a_book() -> None:
    assert shapes.stage_code("ORDEAL " * 500_000) is None
    assert shapes.stage_code("ordeal") is StageCode.ORDEAL


@pytest.mark.parametrize("value", [10**400, "1e999", 10**400 * -1])
def test_confidence_survives_numbers_that_no_float_holds(value: object) -> None:
    assert 0.0 <= shapes.confidence(value) <= 1.0
