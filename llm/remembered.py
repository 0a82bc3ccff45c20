"""The same question is not paid for twice: answers that fit a schema, by the digest of what was asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Protocol

from pydantic import BaseModel

from llm.contracts import Answer, Question, Usage
from llm.schema import response_format


class Shelf(Protocol):
    """Where answers lie. It is asked for nothing that would matter if it were lost, and raises nothing."""

    async def get(self, digest: str) -> str | None:
        """The text that was put there, if it is still kept."""

    async def put(self, digest: str, text: str) -> None:
        """Keep a text for a while."""


async def ask_remembered(
    ask: Callable[[Question], Awaitable[Answer]], question: Question, *, shelf: Shelf | None, model: str
) -> Answer:
    """The answer, from the shelf where the same was asked of the same `model` before. Raises what `ask` raises.

    What comes from the shelf fits the question's schema, cost nothing and is nobody's call. Only questions with a
    schema are remembered. Two who ask the same at the same time both ask: that is cheaper than waiting in line.
    """
    if shelf is None or question.schema is None:
        return await ask(question)
    digest = question_digest(question, question.schema, model=model)
    text = await shelf.get(digest)
    parsed = None if text is None else _parsed(text, question.schema)
    if text is not None and parsed is not None:
        return Answer(
            text, parsed, Usage(0, 0, 0), model=model, latency_ms=0, attempts=0, source="remembered"
        )
    answer = await ask(question)
    kept = _as_text(answer.parsed)
    if kept is not None:
        await shelf.put(digest, kept)
    return answer


def question_digest(question: Question, schema: type[BaseModel], *, model: str) -> str:
    """64 hex digits over all that an answer depends on."""
    asked = [
        model,
        response_format(schema),
        question.max_tokens,
        [[line.role, line.text] for line in question.lines],
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _parsed(text: str, schema: type[BaseModel]) -> BaseModel | None:
    try:
        return schema.model_validate_json(text)
    except (ValueError, RecursionError):
        # The schema has changed in what a digest does not see, or somebody else wrote there.
        return None


def _as_text(parsed: BaseModel | None) -> str | None:
    if parsed is None:
        return None
    try:
        return parsed.model_dump_json(by_alias=True, round_trip=True)
    except ValueError:
        # Half a character, or what JSON cannot say.
        return None
