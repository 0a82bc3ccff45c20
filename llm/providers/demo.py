"""No model at all: says what the asker prepared. For newcomers, tests and benchmarks."""

from __future__ import annotations

import json

from pydantic import BaseModel, ValidationError

from llm.contracts import Answer, ModelUnavailable, Question, Rehearsal, Usage
from llm.outcome import OnOutcome, Outcome
from llm.pricing import CHARS_PER_TOKEN

NAME = "demo"


class DemoModel:
    """Answers at once, without network and cost; needs neither key nor loop."""

    def __init__(self, *, on_outcome: OnOutcome) -> None:
        self._on_outcome = on_outcome

    async def ask(self, question: Question) -> Answer:
        """The rehearsed line of this turn, or the rehearsed values for the question's schema.

        Raises ModelUnavailable(code="unrehearsed") where nothing was prepared that serves the question.
        """
        rehearsal = question.rehearsal
        text = rehearsal.lines[rehearsal.turn % len(rehearsal.lines)] if rehearsal.lines else ""
        parsed = None
        if question.schema is not None:
            parsed = _rehearsed(rehearsal, question.schema)
            text = text or json.dumps(dict(rehearsal.structured or {}), ensure_ascii=False, default=str)
        if not text:
            raise ModelUnavailable(code="unrehearsed", message="the rehearsal has no line")
        asked = sum(len(line.text) for line in question.lines)
        self._on_outcome(Outcome(question.purpose, "ok", 0, NAME))
        usage = Usage(asked // CHARS_PER_TOKEN, len(text) // CHARS_PER_TOKEN, 0, estimated=True)
        return Answer(text, parsed, usage, NAME, latency_ms=0, attempts=1, source="demo")

    async def aclose(self) -> None:
        """Nothing to close."""


def _rehearsed(rehearsal: Rehearsal, schema: type[BaseModel]) -> BaseModel:
    fields: list[str]
    try:
        return schema.model_validate(dict(rehearsal.structured or {}))
    except ValidationError as error:
        # Names of fields only: the values may be a person's words.
        fields = [".".join(map(str, each["loc"])) for each in error.errors(include_input=False)]
    message = f"the rehearsal does not fit {schema.__name__}: {fields}"
    raise ModelUnavailable(code="unrehearsed", message=message)
