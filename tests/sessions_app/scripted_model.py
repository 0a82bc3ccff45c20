"""A model that says what a test wrote down for it: the world ends here."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from llm.contracts import Answer, Question, Usage

Reply = str | dict[str, Any] | Exception | Callable[[Question], Awaitable[str]]

HARMLESS: dict[str, Any] = {"sign": "none", "confidence": 1.0}
# What it says to questions beside the talk where a test wrote down nothing.
UNASKED: dict[str, dict[str, Any]] = {
    "crisis": HARMLESS,
    "stage": {"stage": None, "confidence": 0.0, "quotes": [], "why": ""},
    "facts": {"facts": []},
}


@dataclass
class ScriptedModel:
    """Answers by the purpose of a question, and remembers what it was asked. Raises AssertionError unscripted."""

    asked: list[Question] = field(default_factory=list)
    is_closed: bool = False
    _replies: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))

    def says(self, purpose: str, *replies: Reply) -> None:
        """The next answers to questions of this purpose: texts, values for a schema, or errors."""
        self._replies[purpose].extend(replies)

    def questions(self, purpose: str) -> list[Question]:
        return [each for each in self.asked if each.purpose == purpose]

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        await asyncio.sleep(0)
        reply = self._reply_to(question)
        if isinstance(reply, Exception):
            raise reply
        if callable(reply):
            reply = await reply(question)
        parsed = None
        if question.schema is not None:
            parsed = question.schema.model_validate(reply)
        return Answer(
            text="" if isinstance(reply, dict) else reply,
            parsed=parsed,
            usage=Usage(100, 20, 42),
            model="scripted",
            latency_ms=7,
            attempts=1,
            source="model",
        )

    async def aclose(self) -> None:
        self.is_closed = True

    def _reply_to(self, question: Question) -> Reply:
        waiting = self._replies[question.purpose]
        if not waiting and question.purpose in UNASKED:
            return UNASKED[question.purpose]
        assert waiting, f"nobody wrote down what to say to a question for {question.purpose!r}"
        return waiting.popleft()
