"""One model by its name: what it is sent, and what is made of what it says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from core.clock import clock
from llm.contracts import Question
from llm.dialect import Dialect, after_complaint, body
from llm.pricing import estimate_tokens
from llm.reading import Completion, parse_structured, read_completion, readable
from llm.reply import Failure, Lost, Reply, failure_of

# What an answer that was cut off is allowed in its second round, as a multiple of the first.
MORE_ROOM = 2


class Line(Protocol):
    """The way to an endpoint."""

    async def post(self, request: dict[str, Any], *, seconds: float) -> Reply | Lost:
        """Ask once, for so many seconds at most. Never raises for what a server or a network does."""


@dataclass(slots=True)
class Course:
    """One question on its way: what has been tried, spent and learnt so far."""

    question: Question
    said: list[dict[str, str]]
    max_tokens: int
    temperature: float | None
    began: float
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    spelled: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A usable answer."""

    text: str
    parsed: BaseModel | None


@dataclass(slots=True)
class Speaker:
    """A model behind an endpoint. `dialect` is what was learnt about how it wants to be asked."""

    name: str
    source: Literal["model", "fallback_model"]
    rounds: int
    dialect: Dialect = field(default_factory=Dialect)

    async def say(self, line: Line, course: Course, *, seconds: float) -> Said | Failure:
        """Ask once. A dialect that the server refuses is changed on the way; that is not another try."""
        begun = replace(self.dialect, spelled=self.dialect.spelled or course.spelled)
        reply, dialect = await self._in_a_dialect(line, course, begun, seconds=seconds)
        if isinstance(reply, Lost) or reply.status // 100 != 2:
            return failure_of(reply)
        completion = read_completion(reply, max_tokens=course.max_tokens)
        _spend(course, completion)
        said = _made_of(completion, course)
        if isinstance(said, Said) and dialect != self.dialect:
            self.dialect = dialect
        return said

    async def _in_a_dialect(
        self, line: Line, course: Course, dialect: Dialect, *, seconds: float
    ) -> tuple[Reply | Lost, Dialect]:
        over = clock.monotonic() + seconds
        refused: set[Dialect] = set()
        while True:
            request = body(
                dialect,
                course.said,
                model=self.name,
                schema=course.question.schema,
                max_tokens=course.max_tokens,
                temperature=course.temperature,
            )
            reply = await line.post(request, seconds=seconds)
            seconds = over - clock.monotonic()
            if isinstance(reply, Lost) or reply.status not in {400, 422} or seconds <= 0:
                return reply, dialect
            refused.add(dialect)
            other = after_complaint(dialect, reply, structured=course.question.schema is not None)
            if other is None or other in refused:
                return reply, dialect
            dialect = other


def _made_of(completion: Completion, course: Course) -> Said | Failure:
    if completion.cut_off:
        course.max_tokens *= MORE_ROOM
    if completion.failure is not None:
        return completion.failure
    schema = course.question.schema
    if schema is None:
        return Said(readable(completion.text, cut_off=completion.cut_off), None)
    parsed = parse_structured(completion.text, schema)
    if parsed is not None:
        return Said(completion.text, parsed)
    # A server that does not look at the format is told the schema in words the next time.
    course.spelled = True
    return Failure("truncated" if completion.cut_off else "misfit", "garbage", 200)


def _spend(course: Course, completion: Completion) -> None:
    prompt, answer = completion.prompt_tokens, completion.completion_tokens
    if prompt is None or answer is None:
        course.estimated = True
    if prompt is None:
        prompt = estimate_tokens(line["content"] for line in course.said)
    if answer is None:
        answer = estimate_tokens([completion.text]) if completion.text else 0
    course.prompt_tokens += prompt
    course.completion_tokens += answer
