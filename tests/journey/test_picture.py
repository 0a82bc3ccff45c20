from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from journey.picture import PICTURE_VERSION, JourneyPicture, draw_journey, palette
from journey.picture.geometry import RADIUS, RADIUS_CURRENT, SIZE, Point, road, station
from journey.picture.scenery import scenery
from journey.picture.wording import Words, all_words, head, legend, station_words
from journey.stages import LANGUAGES
from tests.journey.travellers import a_journey, standing_at

EVERYWHERE = range(1, 14)

# What people call themselves when they wish us ill, or mean no harm at all.
NAMES = [
    "",
    " ",
    "שרה · 21 ноября 2026",
    "\u202eareV\u202c · 21 ноября 2026",
    "<b>Вера</b> & *жирный* _курсив_ `код` [ссылка](tg://user?id=1)",
    "👩‍🚀🏳️‍🌈🔥",
    "Z̷̢͎a̶̰̾l̴̦̈g̵̱̈o̸̙͒ \u0301\u0301\u0301",
    "\x00\x01\x7f\ud800\U0010ffff\ufeff",
    "Ж" * 128,
    "и " * 64,
    "﷽" * 128,
    "Конс­тан­тин\nКонстантинович\t· 21 ноября 2026",
]


def opened(picture: JourneyPicture) -> Image.Image:
    image = Image.open(io.BytesIO(draw_journey(picture)))
    image.load()
    return image


def pixels(image: Image.Image, points: Iterable[Point]) -> list[palette.Colour]:
    return [solid(image.getpixel(point.whole)) for point in points]


def solid(colour: object) -> palette.Colour:
    assert isinstance(colour, tuple)
    red, green, blue = colour
    return red, green, blue


def under_the_number(number: int) -> Point:
    """Inside the station, below its digits."""
    where = station(number)
    return Point(where.x, where.y + RADIUS - 9)


def without_words(picture: JourneyPicture) -> JourneyPicture:
    marks = tuple(dataclasses.replace(mark, name="", time="") for mark in picture.marks)
    return dataclasses.replace(picture, title="", subtitle="", marks=marks)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("states", ["a" * 12, "c" + "a" * 11, "ddadadcaaaaa", "d" * 12])
def test_a_journey_is_an_opaque_png_that_telegram_need_not_scale(states: str, language: str) -> None:
    image = opened(a_journey(states, language=language, time="3 дня"))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (1280, 1280))
    assert "transparency" not in image.info


def test_the_file_is_small_enough_to_send_at_once() -> None:
    fullest = a_journey(
        "d" * 12, language="en", time="less than a day", subtitle="Константин · 21 November 2026"
    )
    assert len(draw_journey(fullest)) < 256 * 1024


def test_equal_journeys_give_equal_bytes_and_others_do_not() -> None:
    assert draw_journey(a_journey()) == draw_journey(a_journey())
    assert draw_journey(a_journey()) != draw_journey(a_journey(time="3 дня"))
    assert draw_journey(a_journey()) != draw_journey(a_journey(standing_at(7)))
    assert draw_journey(a_journey()) != draw_journey(a_journey(subtitle="Вера · 22 ноября 2026"))


def test_drawing_one_journey_leaves_no_trace_in_the_next() -> None:
    before = draw_journey(a_journey("a" * 12))
    draw_journey(a_journey("d" * 12))
    assert draw_journey(a_journey("a" * 12)) == before


def test_the_version_is_a_number_for_the_key_of_the_cache() -> None:
    assert isinstance(PICTURE_VERSION, int)


@pytest.mark.parametrize("number", range(1, 13))
def test_every_station_shows_by_its_face_whether_it_is_done_current_or_ahead(number: int) -> None:
    faces = {}
    for letter in "dca":
        states = "a" * (number - 1) + letter + "a" * (12 - number)
        faces[letter] = pixels(opened(without_words(a_journey(states))), [under_the_number(number)])[0]
    assert faces == {"d": palette.fire(number), "c": palette.LIT, "a": palette.AHEAD_FACE}


@pytest.mark.parametrize("number", range(1, 13))
def test_only_the_current_station_is_larger_than_the_others(number: int) -> None:
    where = station(number)
    # Away from the centre of the ring and off the way, between the two radii.
    place = Point(
        where.x + (where.x - SIZE / 2) / 500 * (RADIUS + 8),
        where.y + (where.y - SIZE / 2) / 500 * (RADIUS + 8),
    )
    reach = ((place.x - where.x) ** 2 + (place.y - where.y) ** 2) ** 0.5
    scale = (RADIUS + RADIUS_CURRENT) / 2 / reach
    place = Point(where.x + (place.x - where.x) * scale, where.y + (place.y - where.y) * scale)

    def at(letter: str) -> float:
        states = "a" * (number - 1) + letter + "a" * (12 - number)
        return palette.luminance(pixels(opened(without_words(a_journey(states))), [place])[0])

    assert at("c") > 0.25
    assert at("d") < 0.1
    assert at("a") < 0.1


def weakest(words: Words, bare: Image.Image) -> float:
    """The least contrast of these words with anything that lies behind their lines."""
    left, top, right, bottom = map(round, words.box)
    behind = [colour for _, colour in bare.crop((left, top, right, bottom)).getcolors(SIZE * SIZE) or []]
    return min((palette.contrast(words.colour, solid(colour)) for colour in behind), default=21.0)


def is_lit(image: Image.Image, number: int) -> bool:
    """Whether firelight leads from this station to the next, looked at halfway."""
    line = road(number)
    found = pixels(image, [line[len(line) // 2]])[0]
    return max(abs(a - b) for a, b in zip(found, palette.fire(number + 0.5), strict=True)) <= 2


@pytest.mark.parametrize(
    ("states", "lit"),
    [
        ("a" * 12, []),
        ("c" + "a" * 11, []),
        ("dddcaaaaaaaa", [1, 2, 3]),
        ("ddadadcaaaaa", [1, 6]),  # over a stage that was passed by no light leads
        ("caddaaaaaaaa", [3]),
        ("d" * 11 + "c", list(range(1, 12))),
        ("d" * 12, list(range(1, 13))),  # the whole way closes the ring
    ],
)
def test_light_leads_from_what_is_done_to_the_next_that_was_reached(states: str, lit: list[int]) -> None:
    image = opened(without_words(a_journey(states)))
    assert [number for number in range(1, 13) if is_lit(image, number)] == lit


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", EVERYWHERE)
def test_every_word_reads_well_on_what_lies_behind_it(number: int, language: str) -> None:
    picture = a_journey(
        standing_at(number),
        language=language,
        time="меньше дня",
        subtitle="Константин Константинович Константинопольский · 21 ноября 2026",
    )
    bare = opened(without_words(picture))
    words = [*head(picture), *(each for mark in picture.marks for each in station_words(mark))]
    for each in words:
        assert weakest(each, bare) >= 4.5, each.text.lines


def test_the_legend_and_the_numbers_read_well_too() -> None:
    for each, _ in legend(a_journey()):
        assert weakest(each, scenery()) >= 4.5
    assert min(palette.contrast(palette.INK, palette.fire(number)) for number in range(1, 13)) >= 4.5
    assert palette.contrast(palette.INK, palette.LIT) >= 4.5
    assert palette.contrast(palette.AHEAD_NUMBER, palette.AHEAD_FACE) >= 4.5


def test_the_page_stands_out_from_both_themes_of_telegram() -> None:
    image = opened(a_journey())
    corners = pixels(image, [Point(2, 2), Point(SIZE - 3, 2), Point(2, SIZE - 3), Point(SIZE - 3, SIZE - 3)])
    for corner in corners:
        assert palette.contrast(corner, (255, 255, 255)) >= 4.5
        # Against the dark theme it is the hue that parts them: ours is indigo, Telegram's a grey.
        assert corner[2] - corner[0] >= 40


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_the_picture(name: str) -> None:
    image = opened(a_journey(subtitle=name, title=name, names=(name,) * 12, time=name))
    assert image.size == (SIZE, SIZE)


@settings(max_examples=25)
@given(st.text(st.characters(), max_size=128), st.text(st.characters(), max_size=128))
def test_no_text_at_all_breaks_the_picture(one: str, other: str) -> None:
    picture = a_journey(subtitle=one, title=other, names=(one, other) * 6, time=one)
    assert opened(picture).size == (SIZE, SIZE)
    for words in all_words(picture):
        left, top, right, bottom = words.box
        assert left >= 0
        assert top >= 0
        assert right <= SIZE
        assert bottom <= SIZE


@pytest.mark.parametrize("numbers", [range(1, 12), range(12), [*range(1, 12), 11], reversed(range(1, 13))])
def test_a_journey_without_its_twelve_stages_in_order_is_refused(numbers: Iterable[int]) -> None:
    marks = a_journey().marks
    found = tuple(dataclasses.replace(marks[0], number=number) for number in numbers)
    with pytest.raises(ValueError, match="the twelve stages"):
        dataclasses.replace(a_journey(), marks=found)
