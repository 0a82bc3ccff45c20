"""The provider without a model."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import BaseModel, field_validator

from llm.contracts import ChatLine, ModelRefused, ModelSettings, ModelUnavailable, Question, Rehearsal, Usage
from llm.model import build_model
from llm.outcome import Outcome
from tests.llm.conftest import VERDICT, Verdict

DEMO = ModelSettings(
    provider="demo",
    model="",
    base_url="",
    api_key="",
    temperature=None,
    max_tokens=0,
    timeout=1.0,
    fallback_model="",
    input_price=1.0,
    output_price=1.0,
)


def question(
    *, turn: int = 0, lines: tuple[str, ...] = ("раз", "два", "три"), structured: Any = None, **beside: Any
) -> Question:
    rehearsal = Rehearsal(lines=lines, turn=turn, language="ru", structured=structured)
    return Question(purpose="turn", lines=(ChatLine("user", "П" * 40),), rehearsal=rehearsal, **beside)


@pytest.mark.parametrize(("turn", "line"), [(0, "раз"), (1, "два"), (2, "три"), (3, "раз"), (-1, "три")])
async def test_the_lines_are_said_turn_by_turn_around_and_around(turn: int, line: str) -> None:
    answer = await build_model(DEMO).ask(question(turn=turn))

    assert (answer.text, answer.source, answer.model, answer.parsed) == (line, "demo", "demo", None)
    assert answer.usage == Usage(prompt_tokens=10, completion_tokens=0, cost_micros=0, estimated=True)


async def test_a_schema_is_filled_from_the_rehearsed_values() -> None:
    values = {"stage": "ORDEAL", "certainty": 0.75, "reasons": ["грустно"]}

    answer = await build_model(DEMO).ask(question(lines=(), structured=values, schema=Verdict))

    assert answer.parsed == VERDICT
    assert answer.text == '{"stage": "ORDEAL", "certainty": 0.75, "reasons": ["грустно"]}'


@pytest.mark.parametrize("structured", [None, {}, {"stage": "Олина беда", "certainty": "Олина беда"}])
async def test_values_that_do_not_fit_are_told_by_their_names_only(structured: Any) -> None:
    with pytest.raises(ModelUnavailable) as error:
        await build_model(DEMO).ask(question(structured=structured, schema=Verdict))

    assert error.value.code == "unrehearsed"
    assert "certainty" in error.value.message
    assert "Олина" not in error.value.message
    assert error.value.__context__ is None


async def test_a_rehearsal_without_lines_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable) as error:
        await build_model(DEMO).ask(question(lines=()))

    assert error.value.code == "unrehearsed"


async def test_its_answers_are_counted_too() -> None:
    outcomes: list[Outcome] = []
    model = build_model(DEMO, on_outcome=outcomes.append)

    await model.ask(question())
    await model.aclose()

    assert outcomes == [Outcome(purpose="turn", result="ok", latency_ms=0, model="demo", code="")]


def test_a_provider_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ModelRefused) as error:
        build_model(ModelSettings("other", "", "", "", None, 0, 1.0, "", 0, 0))

    assert (error.value.code, error.value.permanent) == ("provider_unknown", True)


def test_the_key_is_not_in_the_repr_of_settings() -> None:
    settings = ModelSettings("openai", "m", "", "sk-verysecret", None, 0, 1.0, "", 0, 0)

    assert "sk-verysecret" not in repr(settings)


def test_a_demo_bot_imports_neither_the_sdk_nor_its_transport() -> None:
    program = (
        "import asyncio, sys\n"
        "from tests.llm.test_demo import DEMO, question\n"
        "from llm.model import build_model\n"
        "asyncio.run(build_model(DEMO).ask(question()))\n"
        "print({'openai', 'httpx2', 'httpcore2', 'django'} & set(sys.modules))\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert said.stdout == "set()\n"


class Picky(BaseModel):
    """A schema whose own validator complains."""

    stage: str

    @field_validator("stage")
    @classmethod
    def known(cls, value: str) -> str:
        """Refuse everything."""
        raise ValueError(value)


async def test_a_validators_complaint_is_a_misfit() -> None:
    with pytest.raises(ModelUnavailable) as error:
        await build_model(DEMO).ask(question(structured={"stage": "Олина беда"}, schema=Picky))

    assert error.value.message == "the rehearsal does not fit Picky: ['stage']"
