"""The door of the room: a model that can be asked, built from a bot's settings."""

from __future__ import annotations

import asyncio
from typing import Protocol

from llm.breaker import Breaker
from llm.contracts import Answer, ModelRefused, ModelSettings, Question
from llm.outcome import OnOutcome, Outcome
from llm.providers.demo import DemoModel
from llm.providers.openai import OpenAIModel, Sleep, patience

__all__ = ["Model", "Outcome", "build_model", "patience"]


class Model(Protocol):
    """Something that answers questions. Belongs to the event loop in which it is first asked."""

    async def ask(self, question: Question) -> Answer:
        """The answer. Raises ModelUnavailable or ModelRefused, and nothing else."""

    async def aclose(self) -> None:
        """Close what it holds."""


def build_model(
    settings: ModelSettings,
    *,
    on_outcome: OnOutcome | None = None,
    breaker: Breaker | None = None,
    sleep: Sleep = asyncio.sleep,
) -> Model:
    """The model of these settings. Reaches for no network and imports nothing heavy before a question comes.

    `on_outcome` hears of every attempt. Give a `breaker` to watch it (`unreachable_since`) or to share it
    among bots of one endpoint; each model has its own otherwise, so that one bot's trouble stays its own.
    Raises ModelRefused(code="provider_unknown").
    """
    told = on_outcome or _to_nobody
    if settings.provider == "demo":
        return DemoModel(on_outcome=told)
    if settings.provider == "openai":
        return OpenAIModel(settings, breaker=breaker or Breaker(), on_outcome=told, sleep=sleep)
    raise ModelRefused(code="provider_unknown", message="a model's provider is openai or demo")


def _to_nobody(outcome: Outcome) -> None:
    """Where nobody counts."""
