"""Birthdays, however they were written down."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.birthdays import Birthday, birthday_of

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("1990-05-12", "1990-05-12"),
        ("--05-12", "--05-12"),
        ("0000-05-12", "--05-12"),
        ("--02-29", "--02-29"),
        ("1992-02-29", "1992-02-29"),
        ("12.05.1990", "1990-05-12"),
        ("12/5/1990", "1990-05-12"),
        ("12.05.90", "1990-05-12"),
        ("12.05.10", "2010-05-12"),
        ("12.05", "--05-12"),
        ("я родилась 12 мая 1990 года", "1990-05-12"),
        ("1-го января", "--01-01"),
        ("May 12, 1990", "1990-05-12"),
        ("12th of May", "--05-12"),
        ("born on 3 Sept. 1988", "1988-09-03"),
    ],
)
def test_a_birthday_is_read_in_many_forms(said: str, kept: str) -> None:
    assert str(birthday_of(said, today=TODAY)) == kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "1990",
        "1990-13-01",
        "--02-30",
        "1991-02-29",
        "31.04.1990",
        "12 foobar",
        "tomorrow",
        "0.0",
        "00.00.00",
    ],
)
def test_what_no_calendar_has_is_no_birthday(said: str) -> None:
    assert birthday_of(said, today=TODAY) is None


@pytest.mark.parametrize(
    ("birthday", "age"),
    [
        (Birthday(3, 2, 2008), 18),
        (Birthday(3, 3, 2008), 17),
        (Birthday(2, 29, 2008), 18),
        (Birthday(3, 2, 2030), -4),
        (Birthday(5, 12), None),
    ],
)
def test_an_age_is_counted_in_whole_years(birthday: Birthday, age: int | None) -> None:
    assert birthday.age_on(TODAY) == age


def test_who_was_born_on_the_leap_day_grows_older_in_other_years_too() -> None:
    leap = Birthday(2, 29, 2008)
    assert leap.age_on(date(2026, 2, 28)) == 17
    assert leap.age_on(date(2026, 3, 1)) == 18


@given(st.text(max_size=60))
def test_whatever_is_said_is_read_again_as_the_same(said: str) -> None:
    birthday = birthday_of(said, today=TODAY)
    if birthday is not None:
        assert birthday_of(str(birthday), today=TODAY) == birthday
