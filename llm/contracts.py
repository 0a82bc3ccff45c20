"""What crosses the walls of this room: a question goes in, an answer and its cost come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

from core.errors import AppError


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of the dialogue that the model is shown."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a provider without a model says instead; prepared by the asker, who knows the session.

    `turn` counts from 0 and chooses the line, around and around. `structured` are the values for the
    question's schema where one is asked for.
    """

    lines: tuple[str, ...]
    turn: int
    language: str
    structured: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One call of the model. `purpose` is a short constant for metrics, never a person's words."""

    purpose: str
    lines: tuple[ChatLine, ...]
    rehearsal: Rehearsal
    schema: type[BaseModel] | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How one bot reaches its model. `timeout` is in seconds, prices are in USD per million tokens.

    `provider` is "openai" (anything that speaks Chat Completions) or "demo" (no network). An empty `base_url`
    is OpenAI's own; an empty `fallback_model` means that there is none.
    """

    provider: str
    model: str
    base_url: str
    api_key: str = field(repr=False)
    temperature: float | None
    max_tokens: int
    timeout: float
    fallback_model: str
    input_price: float
    output_price: float


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer, all attempts together, and their price in millionths of a USD.

    `estimated` when the server did not say and the tokens were guessed from the length of the texts.
    """

    prompt_tokens: int
    completion_tokens: int
    cost_micros: int
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said. `parsed` is an instance of the question's schema exactly where one was given."""

    text: str
    parsed: BaseModel | None
    usage: Usage
    model: str
    latency_ms: int
    attempts: int
    source: Literal["model", "fallback_model", "demo", "remembered"]


class ModelUnavailable(AppError):
    """No usable answer now, later may be better.

    Codes: `unreachable`, `timeout`, `server_error`, `rate_limited`, `breaker_open`, `closed`; for an answer
    that is of no use `not_json`, `html`, `no_choice`, `empty`, `refusal`, `too_long`, `truncated`, `misfit`
    (does not fit the schema); for a rehearsal that does not serve its question `unrehearsed`. `spent` is what
    the attempts cost all the same.
    """

    def __init__(self, *, code: str, message: str = "", spent: Usage | None = None) -> None:
        super().__init__(code=code, permanent=False, message=message)
        self.spent = spent


class ModelRefused(AppError):
    """Asking the same again is pointless.

    Until staff change the settings: `key_missing`, `key_malformed`, `key_refused`, `access_denied`,
    `address_malformed`, `address_wrong`, `model_unknown`, `quota_exhausted`, `provider_unknown`. Because of
    this question: `question_empty`, `question_too_long`, `content_refused`, `question_refused`.
    """

    def __init__(self, *, code: str, message: str = "") -> None:
        super().__init__(code=code, permanent=True, message=message)
