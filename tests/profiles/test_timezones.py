"""Time zones by the names that people give them."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.timezones import _PLACES, is_timezone, timezone_of


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("europe/moscow", "Europe/Moscow"),
        (" America/New York ", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Port-au-Prince", "America/Port-au-Prince"),
        ("Москва", "Europe/Moscow"),
        ("МСК", "Europe/Moscow"),
        ("Санкт-Петербург", "Europe/Moscow"),
        ("Кишинёв", "Europe/Chisinau"),
        ("Новосибирск.", "Asia/Novosibirsk"),
        ("UTC", "UTC"),
        ("UTC+3", "Etc/GMT-3"),
        ("GMT -5", "Etc/GMT+5"),
        ("+03:00", "Etc/GMT-3"),
        ("UTC+0", "Etc/UTC"),
        ("МСК+2", "Etc/GMT-5"),
        ("−3", "Etc/GMT+3"),
        ("MSK-3", "Etc/UTC"),
    ],
)
def test_a_zone_is_known_by_many_names(said: str, zone: str) -> None:
    assert timezone_of(said) == zone


@pytest.mark.parametrize(
    "said",
    [
        "",
        "  ",
        "Mars/Olympus",
        "localtime",
        "Factory",
        "UTC+25",
        "UTC+5:30",
        "+",
        "../etc/passwd",
        "дома",
        "x" * 5000,
    ],
)
def test_what_is_no_zone_is_none(said: str) -> None:
    assert timezone_of(said) is None


def test_every_place_lies_in_a_zone_that_exists() -> None:
    for place, zone in _PLACES.items():
        assert zone in available_timezones(), place
        assert timezone_of(place) == zone
        assert timezone_of(place.title()) == zone


def test_a_name_is_a_zone_only_as_the_database_spells_it() -> None:
    assert is_timezone("Europe/Moscow")
    assert not is_timezone("europe/moscow")
    assert not is_timezone("localtime")


@given(st.one_of(st.text(max_size=40), st.sampled_from(sorted(available_timezones()))))
def test_whatever_is_found_can_be_used(said: str) -> None:
    zone = timezone_of(said)
    if zone is not None:
        assert ZoneInfo(zone).key == zone
