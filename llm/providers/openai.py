"""A model behind anything that speaks Chat Completions."""

from __future__ import annotations

import asyncio
import importlib
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from core.clock import clock
from llm.breaker import Breaker
from llm.contracts import Answer, ModelRefused, ModelSettings, ModelUnavailable, Question, Usage
from llm.dialect import Dialect, messages
from llm.outcome import OnOutcome, Outcome, Result
from llm.pricing import cost_micros
from llm.reply import Failure
from llm.speaker import Course, Said, Speaker

if TYPE_CHECKING:
    from llm.providers.wire import Wire

log = structlog.get_logger(__name__)

OPENAI = "https://api.openai.com/v1"
ROUNDS = 3
GARBAGE_ROUNDS = 2
# A server that asks for more is not waited for while a person waits for us.
LONGEST_WAIT = 10.0
# While one question finds out whether the server is back, another one waits for what it finds, for so long at most:
# the check for signs of crisis and the coach are asked together, and the first of them alone may probe.
PROBE_WAIT = 5.0
PROBE_LOOK = 0.1

Sleep = Callable[[float], Awaitable[object]]


def patience(settings: ModelSettings) -> float:
    """Seconds after which an `ask` is over, whatever happened: two full timeouts and the waits between."""
    return 2 * settings.timeout + 15.0


class OpenAIModel:
    """Asks with retries, then a fallback model, behind a breaker. Belongs to one event loop.

    The SDK is imported, in a thread, when the first question comes.
    """

    def __init__(
        self,
        settings: ModelSettings,
        *,
        breaker: Breaker,
        on_outcome: OnOutcome,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.breaker = breaker
        self._settings = settings
        self._on_outcome = on_outcome
        self._sleep = sleep
        self._wire: Wire | None = None
        self._wiring = asyncio.Lock()
        self._closed = False
        # OpenAI's newer models refuse the older word; other servers may not know the newer.
        dialect = Dialect() if settings.base_url else Dialect(limit="max_completion_tokens")
        self._speakers = [Speaker(settings.model, "model", ROUNDS, dialect)]
        if settings.fallback_model and settings.fallback_model != settings.model:
            self._speakers.append(Speaker(settings.fallback_model, "fallback_model", 1, dialect))

    async def ask(self, question: Question) -> Answer:
        """The model's answer, at the latest after `patience(settings)` seconds.

        Raises ModelUnavailable or ModelRefused, and nothing else; neither quotes the server, the question or
        the key.
        """
        settings = self._settings
        course = Course(
            question=question,
            said=messages(question.lines),
            max_tokens=question.max_tokens or settings.max_tokens,
            temperature=settings.temperature,
            began=clock.monotonic(),
        )
        if not course.said:
            raise ModelRefused(code="question_empty")
        wire = await self._connected()
        over = course.began + patience(settings)
        failures: list[Failure] = []
        for left, speaker in zip(reversed(range(len(self._speakers))), self._speakers, strict=True):
            # A model that may still have to be asked keeps a full timeout for itself.
            said = await self._rounds(wire, speaker, course, until=over - left * settings.timeout)
            if isinstance(said, Said):
                return self._answer(said, speaker, course)
            failures.append(said)
            if said.kind == "refused":
                break
        raise self._error(failures, course)

    async def aclose(self) -> None:
        """Close the connections; a question after this raises ModelUnavailable."""
        self._closed = True
        if self._wire is not None:
            await self._wire.aclose()

    async def _connected(self) -> Wire:
        async with self._wiring:
            if self._closed:
                raise ModelUnavailable(code="closed")
            if self._wire is None:
                # The import alone would stop the loop for 0.4 s, and with it every bot of the process.
                self._wire = await asyncio.to_thread(_connect, self._settings)
            return self._wire

    async def _rounds(self, wire: Wire, speaker: Speaker, course: Course, *, until: float) -> Said | Failure:
        said: Said | Failure = Failure("timeout", "unreachable")
        for number in range(1, speaker.rounds + 1):
            may_ask = await self._may_ask()
            if self._closed:
                raise ModelUnavailable(code="closed", spent=self._usage(course))
            began = clock.monotonic()
            if not may_ask:
                self._tell("breaker_open", course, speaker, began, "breaker_open")
                return Failure("breaker_open", "unreachable")
            course.attempts += 1
            try:
                said = await speaker.say(wire, course, seconds=min(self._settings.timeout, until - began))
            finally:
                # Cancelled on the way: the place of a probe must not stay taken.
                self.breaker.released()
            if isinstance(said, Said):
                self.breaker.succeeded()
                self._tell("ok", course, speaker, began, "")
                return said
            wait = self._after_failure(said, number, speaker, course, began=began, until=until)
            if wait is None:
                break
            await self._sleep(wait)
        return said

    async def _may_ask(self) -> bool:
        looks = round(PROBE_WAIT / PROBE_LOOK)
        while not self.breaker.allows():
            if self.breaker.state != "half_open" or looks == 0 or self._closed:
                return False
            looks -= 1
            await self._sleep(PROBE_LOOK)
        return True

    def _after_failure(
        self, failure: Failure, number: int, speaker: Speaker, course: Course, *, began: float, until: float
    ) -> float | None:
        """Note what failed. Returns the seconds to wait before the next round, or None when there is none."""
        if failure.kind == "unreachable":
            self.breaker.failed()
        else:
            self.breaker.succeeded()
        wait = self._wait(failure, number, speaker, until=until)
        result: Result = "garbage" if failure.kind == "garbage" else "failed" if wait is None else "retry"
        self._tell(result, course, speaker, began, failure.code)
        log.warning(
            "llm.attempt_failed",
            purpose=course.question.purpose,
            model=speaker.name,
            code=failure.code,
            status=failure.status,
            attempt=course.attempts,
            wait=wait,
        )
        return wait

    def _wait(self, failure: Failure, number: int, speaker: Speaker, *, until: float) -> float | None:
        if failure.kind == "garbage":
            # Nobody is overloaded: ask again at once.
            return 0.0 if number < min(GARBAGE_ROUNDS, speaker.rounds) else None
        if failure.permanent or number >= speaker.rounds or self.breaker.state == "open":
            return None
        # Never earlier than 2^number; the jitter spreads those who failed together.
        wait = max(2.0**number * random.uniform(1.0, 1.25), failure.retry_after or 0.0)  # noqa: S311
        left = until - clock.monotonic() - wait
        return wait if wait <= LONGEST_WAIT and left >= self._settings.timeout / 4 else None

    def _tell(self, result: Result, course: Course, speaker: Speaker, began: float, code: str) -> None:
        purpose = course.question.purpose
        self._on_outcome(Outcome(purpose, result, _milliseconds_since(began), speaker.name, code))

    def _answer(self, said: Said, speaker: Speaker, course: Course) -> Answer:
        return Answer(
            text=said.text,
            parsed=said.parsed,
            usage=self._usage(course),
            model=speaker.name,
            latency_ms=_milliseconds_since(course.began),
            attempts=course.attempts,
            source=speaker.source,
        )

    def _error(self, failures: list[Failure], course: Course) -> ModelUnavailable | ModelRefused:
        # The first model is the one that staff chose; but while any may come back, it is worth waiting.
        failure = next((each for each in failures if not each.permanent), failures[0])
        if failure.permanent:
            return ModelRefused(code=failure.code, message=failure.message)
        return ModelUnavailable(code=failure.code, message=failure.message, spent=self._usage(course))

    def _usage(self, course: Course) -> Usage:
        return Usage(
            prompt_tokens=course.prompt_tokens,
            completion_tokens=course.completion_tokens,
            cost_micros=cost_micros(
                prompt_tokens=course.prompt_tokens,
                completion_tokens=course.completion_tokens,
                input_price=self._settings.input_price,
                output_price=self._settings.output_price,
            ),
            estimated=course.estimated,
        )


def _connect(settings: ModelSettings) -> Wire:
    if not settings.base_url and not settings.api_key:
        raise ModelRefused(code="key_missing", message="no key for the model")
    wire: Wire = importlib.import_module("llm.providers.wire").Wire(
        base_url=settings.base_url.strip() or OPENAI, api_key=settings.api_key.strip()
    )
    return wire


def _milliseconds_since(began: float) -> int:
    return round((clock.monotonic() - began) * 1000)
