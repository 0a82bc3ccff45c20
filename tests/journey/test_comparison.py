from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from journey.comparison import compared, compared_lines
from journey.stages import Intensity, stage

STAGE = stage("REFUSAL", "en")

lines = st.lists(st.sampled_from(["a b c d", "a b c e", "x y", "x z", "one", "a b c d e f"]), unique=True)


def told(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    return [
        (line.kind, "|".join(f"{change.kind[0]}:{change.text}" for change in line.changes))
        for line in compared_lines(old, new)
    ]


def test_lines_that_came_and_went_are_told_from_those_that_stayed() -> None:
    assert told(["Who are you?", "Why now?"], ["Why now?", "What hurts?"]) == [
        ("removed", "r:Who are you?"),
        ("same", "s:Why now?"),
        ("added", "a:What hurts?"),
    ]


def test_a_line_in_other_words_is_compared_word_by_word() -> None:
    assert told(["What do you fear most?"], ["What do you want most?"]) == [
        ("changed", "s:What do you|r: fear|a: want|s: most?")
    ]


def test_a_line_that_has_little_in_common_is_another_line() -> None:
    assert told(["What do you fear?"], ["Whose voice is it?"]) == [
        ("added", "a:Whose voice is it?"),
        ("removed", "r:What do you fear?"),
    ]


def test_a_stage_is_compared_field_by_field() -> None:
    new = replace(STAGE, name="Refusal", intensity=Intensity.SOFT, techniques=(*STAGE.techniques, "silence"))
    found = compared(STAGE, new)
    assert [(each.kind, each.text) for each in found.name] == [
        ("same", "Refusal"),
        ("removed", " of the Call"),
    ]
    assert [(each.kind, each.text) for each in found.intensity] == [("removed", "firm"), ("added", "soft")]
    assert [each.kind for each in found.description] == ["same"]
    assert {each.kind for each in found.questions} == {"same"}
    assert found.techniques[-1].kind == "added"
    assert {each.kind for each in found.techniques[:-1]} == {"same"}


@given(old=lines, new=lines)
def test_nothing_is_lost_or_made_up(old: list[str], new: list[str]) -> None:
    found = list(compared_lines(old, new))

    def side(*without: str) -> list[str]:
        rows = [
            "".join(change.text for change in line.changes if change.kind not in without)
            for line in found
            if line.kind not in without
        ]
        return [row.strip() for row in rows]

    assert side("removed") == new
    assert side("added") == old
