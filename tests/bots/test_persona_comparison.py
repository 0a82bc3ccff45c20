"""Two wordings side by side."""

from __future__ import annotations

import pytest

from bots.comparison import AROUND, Glance, Piece, Row, glance, side_by_side


def told(old: str, new: str, *, is_whole: bool = True) -> list[tuple[str, str, str]]:
    """Each row as its kind and its two sides, marks in brackets."""

    def line(pieces: tuple[Piece, ...]) -> str:
        return "".join(f"[{each.text}]" if each.is_marked else each.text for each in pieces)

    rows = side_by_side(old, new, is_whole=is_whole).rows
    return [(each.kind, line(each.old), line(each.new)) for each in rows]


def test_changed_words_are_marked_on_both_sides() -> None:
    assert told("Ask one question, kindly.", "Ask two questions, kindly.") == [
        ("changed", "Ask [one question], kindly.", "Ask [two questions], kindly.")
    ]


def test_lines_that_belong_together_meet_though_others_came_and_went() -> None:
    old = "first\nBe warm and slow with them.\ngone for good\nlast"
    new = "first\nwholly new here\nBe warm and quick with them.\nlast"
    assert told(old, new) == [
        ("same", "first", "first"),
        ("added", "", "[wholly new here]"),
        ("changed", "Be warm and [slow] with them.", "Be warm and [quick] with them."),
        ("removed", "[gone for good]", ""),
        ("same", "last", "last"),
    ]


def test_lines_carry_their_numbers() -> None:
    rows = side_by_side("a\nb\nc", "a\nc\nd").rows
    assert [(each.kind, each.old_number, each.new_number) for each in rows] == [
        ("same", 1, 1),
        ("removed", 2, None),
        ("same", 3, 2),
        ("added", None, 3),
    ]


def test_what_stayed_far_from_a_change_is_folded() -> None:
    old = "\n".join(f"line {number}" for number in range(20))
    rows = side_by_side(old, old.replace("line 10", "something else entirely, friends")).rows
    assert rows[0] == Row("folded", folded=10 - AROUND)
    assert rows[-1] == Row("folded", folded=9 - AROUND)
    assert len(rows) == 2 + 2 * AROUND + 2
    assert len(side_by_side(old, old.replace("line 10", "x"), is_whole=True).rows) >= 20


def test_a_single_line_is_not_folded() -> None:
    old = "\n".join("abcde")
    assert side_by_side(old, old.replace("e", "f")).rows[0] == Row("same", 1, 1, (Piece("a"),), (Piece("a"),))


def test_counts_are_told_and_equal_texts_are_equal() -> None:
    sides = side_by_side("Be kind now.\ngone", "Be kind then.\nthis one\nand that one came")
    assert (sides.changed, sides.removed, sides.added) == (1, 1, 2)
    assert not sides.is_same
    assert side_by_side("a\nb", "a\nb").is_same
    assert side_by_side("", "").rows == ()


def test_both_sides_are_to_the_letter_what_they_were() -> None:
    old = "  Indented {person_name},\n\nÜber-Ё  words…\n"
    new = "  Indented {stage_name};\n\nÜber-Е  wörds…\nnew"
    rows = side_by_side(old, new, is_whole=True).rows
    left = ["".join(piece.text for piece in each.old) for each in rows if each.old_number]
    right = ["".join(piece.text for piece in each.new) for each in rows if each.new_number]
    assert left == old.splitlines()
    assert right == new.splitlines()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\n" * 9_000, "b\n" * 9_000),
        ("a\n" * 9_000, "a\n" * 8_999 + "b"),
        ("word " * 4_000, "word " * 3_999 + "other"),
        ("x" * 20_000, "y" * 20_000),
        ("\n".join(f"l{n}" for n in range(4000)), "\n".join(f"m{n}" for n in range(4000))),
    ],
)
def test_texts_that_are_hard_to_compare_are_compared_all_the_same(old: str, new: str) -> None:
    sides = side_by_side(old, new)
    assert not sides.is_same
    assert glance(old, new).came >= 1


def test_a_glance_tells_what_is_new() -> None:
    assert glance("a\nb\nc", "a\n  new line\nc\nd") == Glance(came=2, went=1, first="new line")
    assert glance("a\nb", "a") == Glance(came=0, went=1, first="b")
    assert glance("a", "a") == Glance(came=0, went=0, first="")
