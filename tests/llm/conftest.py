"""A Chat Completions server that does what it is told, next to the people who ask it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import structlog
from aiohttp import web
from pydantic import BaseModel

from llm.breaker import Breaker
from llm.contracts import Answer, ChatLine, ModelSettings, Question, Rehearsal
from llm.model import Model, build_model
from llm.outcome import Outcome

KEY = "sk-verysecretkey0123456789"

Step = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Verdict(BaseModel):
    """What the model is asked to judge in these tests."""

    stage: str
    certainty: float
    reasons: list[str] = []


GOOD_VERDICT = '{"stage": "ORDEAL", "certainty": 0.75, "reasons": ["грустно"]}'
VERDICT = Verdict(stage="ORDEAL", certainty=0.75, reasons=["грустно"])


def completion(content: object = "Привет!", *, finish: str = "stop", **beside: object) -> dict[str, Any]:
    """A whole Chat Completions body."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "stub",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    } | beside


def says(content: object = "Привет!", **beside: Any) -> Step:
    return answers(completion(content, **beside))


def answers(data: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Step:
    return sends(json.dumps(data).encode(), status=status, headers=headers)


def sends(
    body: bytes, *, status: int = 200, headers: dict[str, str] | None = None, kind: str = "application/json"
) -> Step:
    async def step(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers=headers, content_type=kind)

    return step


def complains(
    status: int, message: str = "", *, headers: dict[str, str] | None = None, **error: object
) -> Step:
    return answers({"error": {"message": message} | error}, status=status, headers=headers)


async def hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    raise AssertionError


async def drips(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@dataclass
class Stub:
    """Answers with the next step of its script, the last one again and again."""

    url: str = ""
    script: deque[Step] = field(default_factory=lambda: deque([says()]))
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def will(self, *steps: Step) -> None:
        self.script = deque(steps)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        self.headers.append(dict(request.headers))
        self.heard.set()
        step = self.script.popleft() if len(self.script) > 1 else self.script[0]
        return await step(request)


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    stub = Stub()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", stub.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield stub
    await runner.cleanup()


@dataclass
class Asker:
    """Asks models built from `settings`, and keeps what was counted and how long was waited."""

    settings: ModelSettings
    breaker: Breaker = field(default_factory=lambda: Breaker(threshold=100))
    outcomes: list[Outcome] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    wait: Callable[[float], Awaitable[None]] | None = None
    _model: Model | None = None

    @property
    def model(self) -> Model:
        if self._model is None:
            self._model = build_model(
                self.settings, on_outcome=self.outcomes.append, breaker=self.breaker, sleep=self._wait
            )
        return self._model

    @property
    def results(self) -> list[tuple[str, str]]:
        return [(outcome.result, outcome.code) for outcome in self.outcomes]

    def with_settings(self, **changes: Any) -> None:
        self.settings = replace(self.settings, **changes)

    async def ask(self, *lines: str, schema: type[BaseModel] | None = None, **beside: Any) -> Answer:
        said = (ChatLine("system", "Ты Наташа."), *(ChatLine("user", text) for text in lines or ("Привет",)))
        rehearsal = Rehearsal(lines=("Это демо.",), turn=0, language="ru")
        return await self.model.ask(
            Question(purpose="turn", lines=said, rehearsal=rehearsal, schema=schema, **beside)
        )

    async def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.wait is not None:
            await self.wait(seconds)


@pytest.fixture
async def asker(stub: Stub) -> AsyncIterator[Asker]:
    asker = Asker(
        ModelSettings(
            provider="openai",
            model="main",
            base_url=stub.url,
            api_key=KEY,
            temperature=0.7,
            max_tokens=300,
            timeout=5.0,
            fallback_model="",
            input_price=0.15,
            output_price=0.6,
        )
    )
    yield asker
    await asker.model.aclose()


@pytest.fixture
def logged() -> Any:
    """Every structured log event of the test."""
    with structlog.testing.capture_logs() as events:
        yield events
