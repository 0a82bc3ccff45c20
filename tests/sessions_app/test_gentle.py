"""After a sign of crisis a session goes on without provocation."""

from __future__ import annotations

from uuid import UUID

import pytest

from sessions_app.prompt import PersonCard, SessionCard, build_coach_lines
from sessions_app.rehearsal import coach_rehearsal

PERSON = PersonCard(name="Anna", language="en", stage_code="REFUSAL")


def system_of(session: SessionCard) -> str:
    lines = build_coach_lines(
        persona="You are Natasha.",
        task="Intensity: {stage_intensity}.",
        person=PERSON,
        session=session,
        history=(),
        new=("I am back",),
    )
    return lines[0].text


def test_the_prompt_of_a_gentle_session_forbids_provocation_whatever_the_template_says() -> None:
    gentle = system_of(SessionCard(kind="natasha", is_gentle=True))
    assert "Intensity: soft." in gentle
    assert gentle.endswith(
        "only support, simple questions about what steadies them, and living people nearby."
    )


def test_any_other_session_keeps_the_intensity_of_its_stage() -> None:
    usual = system_of(SessionCard(kind="natasha"))
    assert "Intensity: soft." not in usual
    assert "signs of a crisis" not in usual


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_demo_model_only_echoes_and_asks_in_a_gentle_session(language: str) -> None:
    history = [("bot", "Hello"), ("user", "The evenings are long"), ("bot", "And then?")] * 3
    new = ["We sat in silence all evening and nobody said a word"]

    def said(turn: int, *, is_gentle: bool) -> str:
        rehearsal = coach_rehearsal(
            stage_code="REFUSAL",
            session_id=UUID(int=5),
            history=history[:turn],
            new=new,
            language=language,
            is_gentle=is_gentle,
        )
        return rehearsal.lines[0].partition("\n\n")[0]

    lengths = []
    for turn in range(1, 9):
        gentle, usual = said(turn, is_gentle=True), said(turn, is_gentle=False)
        assert usual.startswith(gentle)
        lengths.append(len(usual) - len(gentle))
    assert any(lengths)
