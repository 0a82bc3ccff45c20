"""Which findings make sense, and which of two is believed."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.findings import (
    MANY,
    ORIGINS,
    SINGLE,
    Reading,
    age_told,
    born_on,
    digest_of,
    is_believed,
    read_sentence,
    read_value,
)
from profiles.models import FindingKind, FindingOrigin

TODAY = date(2026, 3, 2)


def read(kind: str, value: str) -> Reading:
    return read_value(kind, value, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("age", "27", "27"),
        ("age", "мне 27 лет", "27"),
        ("age", "1", "1"),
        ("age", "120", "120"),
        ("age", "027", "27"),
        ("birthday", "12.05.1990", "1990-05-12"),
        ("birthday", "--05-12", "--05-12"),
        ("birthday", "1906-03-02", "1906-03-02"),
        ("gender", "Female", "female"),
        ("gender", "я мужчина.", "male"),
        ("gender", "non-binary woman", "other"),
        ("location", " <b>Казань</b>,\nТатарстан ", "Казань, Татарстан"),
        ("timezone", "москва", "Europe/Moscow"),
        ("children", "нет", "нет"),
        ("relationship", "none", "none"),
        ("occupation", "учу детей\x00 музыке", "учу детей музыке"),
        ("interest", "C++", "C++"),
        ("theme", "\u202eстрах\u202c", "страх"),
    ],
)
def test_a_value_is_kept_in_one_form(kind: str, value: str, kept: str) -> None:
    assert read(kind, value) == Reading(kept)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("shoe size", "39", "kind"),
        ("age", "", "empty"),
        ("age", "0", "out_of_range"),
        ("age", "121", "out_of_range"),
        ("age", "9" * 400, "out_of_range"),
        ("age", "-5", "no_number"),
        ("age", "27 or 28", "no_number"),
        ("age", "old enough", "no_number"),
        ("age", "٢٧ or so, ٣", "no_number"),
        ("birthday", "1990-02-30", "no_date"),
        ("birthday", "2026-03-03", "out_of_range"),
        ("birthday", "1905-03-02", "out_of_range"),
        ("birthday", "12 мая 2026", "out_of_range"),
        ("birthday", "2024-01-01", "out_of_range"),
        ("gender", "attack helicopter", "unclear"),
        ("timezone", "Mars/Olympus", "no_zone"),
        ("location", "<b></b>", "empty"),
        ("location", "…", "empty"),
        ("location", "Unknown", "nothing"),
        ("location", "none", "nothing"),
        ("interest", "не указано", "nothing"),
        ("occupation", "N/A", "nothing"),
    ],
)
def test_what_makes_no_sense_says_why(kind: str, value: str, reason: str) -> None:
    assert read(kind, value) == Reading(reason=reason)


def test_a_long_value_fits_the_column() -> None:
    assert len(read("theme", "страх " * 200).value) <= 300
    assert len(read_sentence("слово " * 200)) <= 300


@given(st.sampled_from((*SINGLE, *MANY)), st.text(max_size=100))
def test_whatever_is_read_is_read_again_as_the_same(kind: str, value: str) -> None:
    once = read(kind, value)
    assert bool(once.value) != bool(once.reason)
    if once.value:
        assert read(kind, once.value) == once


@pytest.mark.parametrize(
    ("kind", "value", "age"),
    [
        ("age", "17", 17),
        ("birthday", "2008-03-03", 17),
        ("birthday", "--03-03", None),
        ("location", "17", None),
    ],
)
def test_an_age_is_told_by_age_and_birthday(kind: str, value: str, age: int | None) -> None:
    assert age_told(kind, value, today=TODAY) == age


def test_a_date_of_birth_needs_its_year() -> None:
    assert born_on("1992-02-29") == date(1992, 2, 29)
    assert born_on("--02-29") is None
    assert born_on("") is None


def test_the_more_trustworthy_is_believed_and_of_equals_the_newer() -> None:
    for place, origin in enumerate(ORIGINS):
        for over in ORIGINS[: place + 1]:
            assert is_believed(origin, over)
        for over in ORIGINS[place + 1 :]:
            assert not is_believed(origin, over)
    assert not is_believed("made up", "rotation")


def test_spelling_is_no_difference_and_people_are() -> None:
    vera, boris = uuid4(), uuid4()
    assert digest_of(vera, "location", "Орёл!") == digest_of(vera, "location", "орел")
    assert digest_of(vera, "location", "Орёл") != digest_of(boris, "location", "Орёл")
    assert digest_of(vera, "location", "Орёл") != digest_of(vera, "theme", "Орёл")
    assert digest_of(vera, "birthday", "--01-11") != digest_of(vera, "birthday", "--11-01")
    assert digest_of(vera, "interest", "C++") == digest_of(vera, "interest", "c")
    assert len(digest_of(vera, "interest", "❤")) == 64


def test_kinds_and_origins_are_those_of_the_rows() -> None:
    assert set(FindingKind.values) == {*SINGLE, *MANY}
    assert tuple(FindingOrigin.values) == ORIGINS
