"""Builds who answers from what staff have set."""

from __future__ import annotations

from functools import partial

from bots.contracts import BotSettings, ModelChoice
from bots.selectors.published_prompt import published_prompts
from core import aio, metrics
from llm.contracts import Answer, ModelSettings, Question
from llm.model import Model, build_model
from llm.outcome import Outcome
from runtime.model_time import current_model_time
from runtime.vitals import Vitals
from sessions_app.companion import Companion, PromptBook


class TimedModel:
    """A model whose time is measured apart from ours."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def ask(self, question: Question) -> Answer:
        with current_model_time().asking():
            return await self._model.ask(question)

    async def aclose(self) -> None:
        await self._model.aclose()


async def make_companion(*, settings: BotSettings, vitals: Vitals, model: Model | None = None) -> Companion:
    """The companion of one bot, with its prompts in force; with a model of its own unless it keeps `model`.

    Raises ModelRefused for a provider that does not exist, and what the database raises.
    """
    prompts = await aio.run(published_prompts, settings.persona_id) if settings.persona_id else {}
    return Companion(
        bot_id=settings.id,
        slug=settings.slug,
        model=model or _model_of(settings.model, vitals),
        prompts=PromptBook({key: (each.body, each.version_id) for key, each in prompts.items()}),
        has_model=settings.model.provider != "demo",
        admin_telegram_ids=frozenset(settings.admin_telegram_ids),
    )


def _model_of(chosen: ModelChoice, vitals: Vitals) -> Model:
    settings = ModelSettings(
        provider=chosen.provider,
        model=chosen.name,
        base_url=chosen.base_url,
        api_key=chosen.key,
        temperature=chosen.temperature,
        max_tokens=chosen.max_tokens,
        timeout=chosen.timeout,
        fallback_model=chosen.fallback_name,
        input_price=chosen.input_price,
        output_price=chosen.output_price,
    )
    return TimedModel(build_model(settings, on_outcome=partial(_count, vitals)))


def _count(vitals: Vitals, outcome: Outcome) -> None:
    seconds = outcome.latency_ms / 1000
    metrics.model_seconds.labels(vitals.slug, outcome.purpose).observe(seconds)
    metrics.model_outcomes_total.labels(vitals.slug, outcome.result).inc()
    vitals.count(f"model_{outcome.result}", seconds)
