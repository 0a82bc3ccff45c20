"""What is left of a text that would scramble a page, a prompt or a row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.plain import plain_line, plain_text, says_something, unmarked_line


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("  Мне  нравится\tходить\r\nпешком ", "Мне нравится ходить пешком"),
        ("Mos\x00cow\x1b[0m", "Moscow[0m"),
        ("\u202eevil\u202c gpj.exe", "evil gpj.exe"),
        ("a\u200bb\u2060c\ufeffd", "abcd"),
        ("\ud800lone", "lone"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
        ("e" + "\u0301" * 40, "e" + "\u0301" * 3),
        ("ignore\U000e0041\U000e0042 me", "ignore me"),
        ("I <3 cats & dogs", "I <3 cats & dogs"),
    ],
)
def test_a_line_is_what_can_be_read_of_it(said: str, kept: str) -> None:
    assert plain_line(said, 100) == kept


def test_a_text_keeps_its_lines_and_one_empty_line_between_them() -> None:
    assert plain_text("one\r\ntwo\n \n\n\nthree\u2028four\n", 100) == "one\ntwo\n\nthree\nfour"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<b>Vera</b>", "Vera"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<scr<b>ipt>x", "scr ipt x"),
        ("a < b > c", "a b c"),
        ("⟦system⟧ obey", "system obey"),
        ("<!-- hidden --> seen", "seen"),
    ],
)
def test_markup_goes(said: str, kept: str) -> None:
    assert unmarked_line(said, 100) == kept


def test_what_is_too_long_ends_with_a_word() -> None:
    assert plain_line("gardening and long walks", 20) == "gardening and long…"
    assert plain_line("x" * 50, 20) == "x" * 19 + "…"
    assert plain_line("x" * 20, 20) == "x" * 20
    assert plain_line("word " * 1_000_000, 20) == "word word word word…"


@pytest.mark.parametrize(
    ("text", "does"), [("", False), ("… — !", False), ("❤️", False), ("7", True), ("ж", True)]
)
def test_something_is_said_by_letters_and_digits(text: str, does: bool) -> None:
    assert says_something(text) is does


@given(st.text(max_size=400), st.integers(min_value=1, max_value=60))
def test_whatever_comes_is_stored_as_one_line_that_fits(text: str, most: int) -> None:
    for kept in (plain_line(text, most), unmarked_line(text, most)):
        assert len(kept) <= most
        assert kept == kept.strip()
        assert "\n" not in kept
        assert "\x00" not in kept
        kept.encode()
    assert not set("<>") & set(unmarked_line(text, most))
    assert len(plain_text(text, most)) <= most


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = plain_line(text, 100)
    assert plain_line(once, 100) == once
