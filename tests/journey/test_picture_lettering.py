from __future__ import annotations

import pytest

from journey.picture.lettering import ELLIPSIS, Face, clean, fit, fit_parts, font, has_glyph

RUSSIAN = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
ENGLISH = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("face", ["title", "text", "bold", "broad"])
def test_every_font_has_both_alphabets_and_their_punctuation(face: Face) -> None:
    wanted = RUSSIAN + RUSSIAN.lower() + ENGLISH + ENGLISH.lower() + "0123456789.,:;!?…·—–-«»“”„’'\"()&%+№/"
    assert [letter for letter in wanted if not has_glyph(letter, face)] == []


@pytest.mark.parametrize(
    "letter", ["ש", "م", "漢", "🔥", "\u202e", "\u200d", "\u0301", "\ufeff", "\x00", "\ud800"]
)
def test_what_the_font_lacks_is_known_to_be_lacking(letter: str) -> None:
    assert not has_glyph(letter, "text")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Вера · 21 ноября 2026", "Вера · 21 ноября 2026"),
        ("  Вера \n\t Павловна ", "Вера Павловна"),
        ("\u202eareV\u202c \u2067Вера\u2069", "areV Вера"),
        ("Вера 🔥 · 21 ноября", "Вера · 21 ноября"),
        ("שרה · 21 ноября 2026", "21 ноября 2026"),
        ("🔥🔥 · שרה", ""),
        ("Ана שרה Мария", "Ана Мария"),
        ("𝓥𝓮𝓻𝓪 Ｖｅｒａ ⓥ", "Vera Vera v"),
        ("Z̷̢a̶l̴g̵o̸", "Zalgo"),
        ("и\u0306од, Zoe\u0308", "йод, Zoë"),  # marks that belong to their letters stay with them
        ("Ζωή Łukasz Ўткир", "Ζωή Łukasz Ўткир"),
        ("<b>Вера</b> & co", "<b>Вера</b> & co"),
        ("Конс\u00adтан\u200bтин", "Константин"),
        ("", ""),
        ("···", ""),
    ],
)
def test_a_text_keeps_what_can_be_shown(written: str, shown: str) -> None:
    assert clean(written) == shown


def test_a_text_that_fits_keeps_the_largest_size() -> None:
    found = fit("Награда", face="text", width=300, lines=1, largest=36)
    assert (found.lines, found.font.size, found.is_cut) == (("Награда",), 36, False)


def test_a_text_that_does_not_fit_gets_smaller_before_anything_is_left_out() -> None:
    found = fit("Преодоление", face="text", width=200, lines=1, largest=36)
    assert found.lines == ("Преодоление",)
    assert 26 <= found.font.size < 36
    assert found.font.getlength("Преодоление") <= 200


def test_what_fits_in_no_size_ends_in_an_ellipsis() -> None:
    found = fit("слово " * 20, face="text", width=200, lines=2, largest=36)
    assert found.is_cut
    assert len(found.lines) == 2
    assert found.lines[-1].endswith(ELLIPSIS)
    assert all(found.font.getlength(line) <= 200 for line in found.lines)


def test_a_word_wider_than_its_line_is_broken_rather_than_cut_where_there_is_room() -> None:
    found = fit("Превысокомногорассмотрительствующий", face="text", width=330, lines=2, largest=36)
    assert not found.is_cut
    assert "".join(found.lines) == "Превысокомногорассмотрительствующий"


def test_lines_are_made_even() -> None:
    found = fit("Refusal of the Call", face="text", width=310, lines=2, largest=36)
    assert found.lines == ("Refusal", "of the Call")


def test_an_ellipsis_of_ones_own_is_no_sign_of_a_cut() -> None:
    assert not fit("Продолжение следует…", face="text", width=500, lines=1, largest=36).is_cut


def test_a_name_that_is_too_long_is_cut_and_its_date_is_not() -> None:
    found = fit_parts(f"{'Константин' * 12} · 21 ноября 2026", face="text", width=450, largest=30)
    assert len(found.lines) == 2
    assert found.lines[0].startswith("Константин")
    assert found.lines[0].endswith(ELLIPSIS)
    assert found.lines[1] == "21 ноября 2026"
    assert found.is_cut


def test_a_name_that_needs_a_line_of_its_own_gets_it_whole() -> None:
    found = fit_parts("Александра Константинова · 21 ноября 2026", face="text", width=450, largest=30)
    assert found.lines == ("Александра Константинова", "21 ноября 2026")
    assert not found.is_cut


def test_a_long_text_without_a_date_is_one_line() -> None:
    found = fit_parts("Константин" * 12, face="text", width=450, largest=30)
    assert len(found.lines) == 1
    assert found.is_cut


@pytest.mark.parametrize("name", ["Ғалым", "Қайрат", "Әлия", "Гөлнәз", "Ҷамшед", "Ӗҫӗм"])
def test_names_of_the_smaller_alphabets_are_whole_in_the_font_that_has_them(name: str) -> None:
    found = fit_parts(f"{name} · 21 ноября 2026", face="text", width=450, largest=30)
    assert found.lines == (f"{name} · 21 ноября 2026",)
    assert found.font is font("broad", 30)


def test_what_no_font_has_calls_for_no_other_font() -> None:
    assert fit("Вера 🔥 שרה", face="text", width=450, lines=1, largest=30).font is font("text", 30)
