"""Builds who answers from what staff have set."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial

from bots.contracts import BotSettings, ModelChoice
from core import aio, metrics
from llm.breaker import Breaker
from llm.contracts import Answer, ModelUnavailable, Question, Usage
from llm.model import Model, build_model
from llm.outcome import Outcome
from runtime.model_time import current_model_time
from runtime.vitals import Vitals
from sessions_app.companion import Companion
from sessions_app.selectors.companion_of import companion_of, model_settings

# The bot's figure of what its model cost, in millionths of a USD.
SPENT = "model_cost_micros"


class MeteredModel:
    """A model whose time is measured apart from ours, and whose cost counts for the bot's budget."""

    def __init__(self, model: Model, vitals: Vitals) -> None:
        self._model = model
        self._vitals = vitals

    async def ask(self, question: Question) -> Answer:
        try:
            with current_model_time().asking():
                answer = await self._model.ask(question)
        except ModelUnavailable as error:
            if error.spent is not None:
                self._count_cost(error.spent)
            raise
        self._count_cost(answer.usage)
        return answer

    async def aclose(self) -> None:
        await self._model.aclose()

    def _count_cost(self, usage: Usage) -> None:
        if usage.cost_micros:
            self._vitals.count(SPENT, usage.cost_micros)


async def make_companion(
    *,
    settings: BotSettings,
    vitals: Vitals,
    breaker: Breaker,
    place: Callable[[], AbstractAsyncContextManager[None]],
    model: Model | None = None,
) -> Companion:
    """The companion of one bot, with its prompts, stages and streams in force; with a model of its own, behind
    `breaker`, unless it keeps `model`. Who asks it has a `place`; the demo model lets nobody wait.

    Raises ModelRefused for a provider that does not exist, and what the database raises.
    """
    speaking = model or _model_of(settings.model, vitals, breaker)
    companion = await aio.run(companion_of, settings=settings, model=speaking)
    return replace(companion, place=place) if companion.has_model else companion


def _model_of(chosen: ModelChoice, vitals: Vitals, breaker: Breaker) -> Model:
    built = build_model(model_settings(chosen), on_outcome=partial(_count, vitals), breaker=breaker)
    return MeteredModel(built, vitals)


def _count(vitals: Vitals, outcome: Outcome) -> None:
    seconds = outcome.latency_ms / 1000
    metrics.model_seconds.labels(vitals.slug, outcome.purpose).observe(seconds)
    metrics.model_outcomes_total.labels(vitals.slug, outcome.result).inc()
    vitals.count(f"model_{outcome.result}", seconds)
