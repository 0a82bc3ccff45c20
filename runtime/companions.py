"""Builds who answers from what staff have set."""

from __future__ import annotations

from functools import partial

from bots.contracts import BotSettings, PublishedPrompt
from core import metrics
from llm.contracts import ModelSettings
from llm.model import Model, build_model
from llm.outcome import Outcome
from runtime.vitals import Vitals
from sessions_app.companion import Companion, PromptBook


def build_companion(
    *, settings: BotSettings, prompts: dict[tuple[str, str], PublishedPrompt], vitals: Vitals
) -> Companion:
    """The companion of one bot, with a model of its own."""
    chosen = settings.model
    model: Model = build_model(
        ModelSettings(
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
        ),
        on_outcome=partial(_count, vitals),
    )
    return Companion(
        bot_id=settings.id,
        slug=settings.slug,
        model=model,
        prompts=PromptBook({key: (each.body, each.version_id) for key, each in prompts.items()}),
        has_model=chosen.provider != "demo",
        admin_telegram_ids=frozenset(settings.admin_telegram_ids),
    )


def _count(vitals: Vitals, outcome: Outcome) -> None:
    seconds = outcome.latency_ms / 1000
    metrics.model_seconds.labels(vitals.slug, outcome.purpose).observe(seconds)
    metrics.model_outcomes_total.labels(vitals.slug, outcome.result).inc()
    vitals.count(f"model_{outcome.result}", seconds)
