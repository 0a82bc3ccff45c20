from __future__ import annotations

import pytest

from journey.picture import palette


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 0, 0), (255, 255, 255), 21.0),
        ((255, 255, 255), (0, 0, 0), 21.0),
        ((119, 119, 119), (255, 255, 255), 4.478),
        ((118, 118, 118), (255, 255, 255), 4.542),
        ((255, 0, 0), (0, 0, 255), 2.149),
        ((42, 27, 61), (42, 27, 61), 1.0),
    ],
)
def test_contrast_is_that_of_the_web_content_guidelines(
    one: palette.Colour, other: palette.Colour, expected: float
) -> None:
    assert palette.contrast(one, other) == pytest.approx(expected, abs=0.001)


def test_a_gradient_meets_its_stops_and_lies_between_them() -> None:
    stops = ((0.0, (0, 0, 0)), (0.5, (100, 50, 0)), (1.0, (100, 50, 200)))
    assert palette.along(stops, 0.0) == (0, 0, 0)
    assert palette.along(stops, 0.25) == (50, 25, 0)
    assert palette.along(stops, 0.75) == (100, 50, 100)
    assert palette.along(stops, 1.5) == (100, 50, 200)


def test_the_fire_comes_back_to_where_it_began() -> None:
    assert palette.fire(1) == palette.hexed("ffd37c")
    assert palette.fire(13) == palette.fire(1)


def test_no_two_kinds_of_station_are_told_apart_by_hue_alone() -> None:
    for number in range(1, 13):
        assert palette.contrast(palette.fire(number), palette.AHEAD_FACE) >= 3
    assert palette.contrast(palette.AHEAD_EDGE, palette.AHEAD_FACE) >= 3
