from __future__ import annotations

import math
from itertools import combinations

import pytest

from journey.picture import JourneyPicture
from journey.picture.geometry import RADIUS, RADIUS_CURRENT, ROAD, SIZE, Point, road, station
from journey.picture.lettering import SMALLEST, has_glyph
from journey.picture.wording import Words, all_words, head, legend, station_words
from journey.stages import LANGUAGES, stages
from tests.journey.travellers import a_journey, standing_at

EVERYWHERE = range(1, 14)
LONG = "Долгое и обстоятельное приближение к самой сокровенной пещере достопримечательностей"
HOSTILE = ("Ж" * 128, "и " * 64, LONG)


def boxes(picture: JourneyPicture) -> list[tuple[float, float, float, float]]:
    """The boxes of all words, a station's name and time as one."""
    stations = [
        joined([words for words in station_words(mark) if words.text.lines]) for mark in picture.marks
    ]
    return [*stations, *(words.box for words in head(picture)), *(words.box for words, _ in legend(picture))]


def joined(words: list[Words]) -> tuple[float, float, float, float]:
    sides = list(zip(*(each.box for each in words), strict=True))
    return min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])


def distance(box: tuple[float, float, float, float], point: Point) -> float:
    left, top, right, bottom = box
    return math.hypot(max(left - point.x, 0, point.x - right), max(top - point.y, 0, point.y - bottom))


def meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def assert_nothing_meets(picture: JourneyPicture) -> None:
    found = boxes(picture)
    for one, other in combinations(found, 2):
        assert not meet(one, other), (one, other)
    for box in found:
        assert min(box[0], box[1], SIZE - box[2], SIZE - box[3]) >= 12, box
        for mark in picture.marks:
            radius = RADIUS_CURRENT if mark.state == "current" else RADIUS
            assert distance(box, station(mark.number)) >= radius + 3, (box, mark.number)
        for number in range(1, 13):
            assert min(distance(box, point) for point in road(number)) >= ROAD / 2 + 3, (box, number)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", EVERYWHERE)
def test_words_never_meet_each_other_the_way_or_the_edge(number: int, language: str) -> None:
    subtitle = "Константин Константинович Константинопольский · 21 ноября 2026"
    picture = a_journey(standing_at(number), language=language, time="меньше минуты", subtitle=subtitle)
    assert_nothing_meets(picture)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("number", EVERYWHERE)
def test_not_even_where_staff_gave_all_stages_endless_names(number: int, name: str) -> None:
    assert_nothing_meets(
        a_journey(standing_at(number), time=name, names=(name,) * 12, title=name, subtitle=f"{name} · {name}")
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", EVERYWHERE)
def test_names_of_the_catalogue_are_whole_and_large_enough_for_a_phone(number: int, language: str) -> None:
    picture = a_journey(standing_at(number), language=language, time="меньше минуты")
    for mark in picture.marks:
        name, _ = station_words(mark)
        assert " ".join(name.text.lines) == mark.name
        assert name.text.font.size >= 32
    for words in all_words(picture):
        assert words.text.font.size >= SMALLEST
        assert not words.text.is_cut


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fonts_have_every_letter_of_the_catalogue(language: str) -> None:
    letters = {letter for each in stages(language) for letter in each.name} - {" "}
    assert [
        letter for letter in letters if not has_glyph(letter, "text") or not has_glyph(letter, "bold")
    ] == []


def test_long_names_break_before_their_prepositions() -> None:
    picture = a_journey("a" * 12)
    lines = {mark.number: station_words(mark)[0].text.lines for mark in picture.marks}
    assert lines[4] == ("Встреча", "с наставником")
    assert lines[6] == ("Испытания,", "союзники, враги")
    assert lines[7] == ("Приближение", "к сокровенной пещере")
    assert lines[12] == ("Возвращение", "с эликсиром")


def test_a_long_title_takes_two_lines_and_grows_upwards() -> None:
    short, _ = head(a_journey())
    long, _ = head(a_journey(language="en"))
    assert short.text.lines == ("Путь героя",)
    assert long.text.lines == ("The Hero’s", "Journey")
    assert long.box[3] == short.box[3]
    assert long.box[1] < short.box[1]


def test_what_has_no_words_takes_no_room() -> None:
    name, time = station_words(a_journey("a" * 12).marks[0])
    assert name.text.lines == ("Обычный мир",)
    assert time.text.lines == ()
    assert time.text.height == 0
