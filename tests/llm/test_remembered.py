"""The same question about the same person is paid for once; anything else is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from llm.contracts import Answer, ChatLine, ModelUnavailable, Question, Rehearsal, Usage
from llm.remembered import ask_remembered, question_digest
from tests.llm.conftest import GOOD_VERDICT, VERDICT, Asker, Stub, Verdict, complains, says

REHEARSAL = Rehearsal(lines=("Это демо.",), turn=0, language="ru")
QUESTION = Question(
    purpose="stage",
    lines=(ChatLine("system", "Ты судишь."), ChatLine("user", "Мне грустно.")),
    rehearsal=REHEARSAL,
    schema=Verdict,
)


class Board:
    """A shelf in plain sight."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    async def get(self, digest: str) -> str | None:
        return self.texts.get(digest)

    async def put(self, digest: str, text: str) -> None:
        self.texts[digest] = text


@pytest.fixture
def board() -> Board:
    return Board()


async def ask(
    asker: Asker, board: Board | None, question: Question = QUESTION, model: str = "main"
) -> Answer:
    return await ask_remembered(asker.model.ask, question, shelf=board, model=model)


async def test_the_second_time_the_answer_comes_from_the_shelf(asker: Asker, stub: Stub, board: Board):
    stub.will(says(GOOD_VERDICT))
    first = await ask(asker, board)
    second = await ask(asker, board)
    assert (first.parsed, first.source, first.attempts) == (VERDICT, "model", 1)
    assert second == Answer(
        text=VERDICT.model_dump_json(),
        parsed=VERDICT,
        usage=Usage(0, 0, 0),
        model="main",
        latency_ms=0,
        attempts=0,
        source="remembered",
    )
    assert len(stub.requests) == 1
    # It is nobody's call, so nobody counts it.
    assert asker.results == [("ok", "")]


async def test_what_a_model_said_around_its_answer_is_not_kept(asker: Asker, stub: Stub, board: Board):
    stub.will(says(f"Охотно! ```json\n{GOOD_VERDICT}\n``` Что ещё?"))
    await ask(asker, board)
    assert list(board.texts.values()) == [VERDICT.model_dump_json()]


@pytest.mark.parametrize(
    "other",
    [
        {"lines": (ChatLine("system", "Ты судишь."), ChatLine("user", "Мне грустно!"))},
        {"lines": (ChatLine("system", "Ты судишь."), ChatLine("assistant", "Мне грустно."))},
        {"lines": (ChatLine("system", "Ты судишь.Мне грустно."),)},
        {"lines": (ChatLine("user", "Мне грустно."), ChatLine("system", "Ты судишь."))},
        {"max_tokens": 200},
    ],
    ids=["other words", "another speaker", "one line of two", "another order", "another length"],
)
async def test_another_question_is_asked(asker: Asker, stub: Stub, board: Board, other: Any):
    stub.will(says(GOOD_VERDICT))
    await ask(asker, board)
    answer = await ask(asker, board, replace(QUESTION, **other))
    assert answer.source == "model"
    assert len(stub.requests) == 2


async def test_another_model_is_asked(asker: Asker, stub: Stub, board: Board):
    stub.will(says(GOOD_VERDICT))
    await ask(asker, board)
    assert (await ask(asker, board, model="other")).source == "model"


async def test_the_same_question_for_another_purpose_has_the_same_answer(
    asker: Asker, stub: Stub, board: Board
):
    stub.will(says(GOOD_VERDICT))
    await ask(asker, board)
    again = replace(QUESTION, purpose="readiness", rehearsal=replace(REHEARSAL, turn=3))
    assert (await ask(asker, board, again)).source == "remembered"


async def test_without_a_schema_or_a_shelf_every_question_is_asked(asker: Asker, stub: Stub, board: Board):
    stub.will(says(GOOD_VERDICT))
    for _ in range(2):
        assert (await ask(asker, board, replace(QUESTION, schema=None))).source == "model"
        assert (await ask(asker, None)).source == "model"
    assert len(stub.requests) == 4
    assert board.texts == {}


class Narrow(BaseModel):
    """A verdict that may say less."""

    stage: Annotated[str, Field(max_length=6)]
    certainty: float
    reasons: list[str] = []


Narrow.__name__ = "Verdict"
Narrow.__doc__ = Verdict.__doc__


@pytest.mark.parametrize(
    "misfit",
    ["", "{}", "words", "null", '{"stage": "ORDEAL", "certainty": "very"}', "[" * 100_000, "\x00"],
)
async def test_what_does_not_fit_is_asked_anew_and_replaced(
    asker: Asker, stub: Stub, board: Board, misfit: str
):
    stub.will(says(GOOD_VERDICT))
    digest = question_digest(QUESTION, Verdict, model="main")
    board.texts[digest] = misfit
    answer = await ask(asker, board)
    assert (answer.source, answer.parsed) == ("model", VERDICT)
    assert board.texts == {digest: VERDICT.model_dump_json()}


async def test_a_rule_that_a_digest_does_not_see_holds_for_what_was_kept(
    asker: Asker, stub: Stub, board: Board
):
    stub.will(says(GOOD_VERDICT.replace("ORDEAL", "RESURRECTION")), says(GOOD_VERDICT))
    await ask(asker, board)
    narrow = replace(QUESTION, schema=Narrow)
    assert question_digest(narrow, Narrow, model="main") in board.texts
    answer = await ask(asker, board, narrow)
    assert (answer.source, answer.parsed) == (
        "model",
        Narrow(stage="ORDEAL", certainty=0.75, reasons=["грустно"]),
    )


async def test_an_answer_that_did_not_come_is_not_kept(asker: Asker, stub: Stub, board: Board):
    stub.will(complains(500))
    with pytest.raises(ModelUnavailable):
        await ask(asker, board)
    assert board.texts == {}
    stub.will(says(GOOD_VERDICT))
    assert (await ask(asker, board)).source == "model"


class Renamed(BaseModel):
    """Names of fields that JSON has otherwise."""

    stage: str = Field(alias="hero-stage")
    share: float = 0.0


async def test_names_that_json_has_otherwise_are_found_again(asker: Asker, stub: Stub, board: Board):
    stub.will(says('{"hero-stage": "ORDEAL", "share": 0.5}'))
    question = replace(QUESTION, schema=Renamed)
    first, second = [await ask(asker, board, question) for _ in range(2)]
    assert (first.source, second.source) == ("model", "remembered")
    assert first.parsed == second.parsed == Renamed(**{"hero-stage": "ORDEAL", "share": 0.5})


async def test_what_json_cannot_say_is_not_kept(board: Board):
    async def half_a_character(question: Question) -> Answer:
        parsed = Verdict(stage="\ud83d", certainty=0.5)
        return Answer("", parsed, Usage(1, 1, 1), "main", latency_ms=1, attempts=1, source="model")

    answer = await ask_remembered(half_a_character, QUESTION, shelf=board, model="main")
    assert answer.source == "model"
    assert board.texts == {}


lines = st.lists(
    st.builds(ChatLine, st.sampled_from(["system", "user", "assistant"]), st.text(max_size=5)), max_size=4
)


@given(lines, lines)
def test_a_digest_tells_questions_apart(ours: list[ChatLine], theirs: list[ChatLine]):
    digests = [
        question_digest(replace(QUESTION, lines=tuple(each)), Verdict, model="main")
        for each in (ours, theirs)
    ]
    assert (digests[0] == digests[1]) == (ours == theirs)
    assert len(digests[0]) == 64


def test_half_a_character_in_a_question_has_a_digest_too():
    question = replace(QUESTION, lines=(ChatLine("user", "\ud83d"),))
    assert len(question_digest(question, Verdict, model="main")) == 64
