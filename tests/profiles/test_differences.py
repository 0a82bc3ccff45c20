"""What changed between two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from profiles.differences import Change, differences


def test_words_that_went_stand_before_those_that_came() -> None:
    assert differences("She waits for him.", "She waits for nobody now.") == (
        Change("same", "She waits for"),
        Change("removed", " him."),
        Change("added", " nobody now."),
    )


def test_equal_texts_have_one_piece_and_empty_ones_none() -> None:
    assert differences("same\nlines", "same\nlines") == (Change("same", "same\nlines"),)
    assert differences("", "") == ()
    assert differences("", "new") == (Change("added", "new"),)
    assert differences("old", "") == (Change("removed", "old"),)


def test_of_long_texts_lines_are_compared() -> None:
    old = "\n".join(f"line {number} of many words" for number in range(1000))
    new = old.replace("line 500 of", "line five hundred of")
    changes = differences(old, new)
    assert [each.text for each in changes if each.kind != "same"] == [
        "line 500 of many words\n",
        "line five hundred of many words\n",
    ]


@given(st.text(max_size=200), st.text(max_size=200))
def test_all_but_what_went_is_the_new_text(old: str, new: str) -> None:
    changes = differences(old, new)
    assert "".join(each.text for each in changes if each.kind != "removed") == new
    assert all(each.text for each in changes)
