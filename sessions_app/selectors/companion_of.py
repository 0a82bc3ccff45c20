from __future__ import annotations

from bots.contracts import BotSettings, ModelChoice
from bots.selectors.published_prompt import published_prompts
from journey.selectors.published_stages import published_stages
from llm.contracts import ModelSettings
from llm.model import Model
from profiles.selectors.offered_streams import offered_streams
from sessions_app.companion import Companion, PromptBook, StageBook, StreamBook, StreamCard


def companion_of(*, settings: BotSettings, model: Model) -> Companion:
    """Who answers for a bot: its prompts, and the installation's stages and streams, as they are in force now."""
    prompts = published_prompts(settings.persona_id) if settings.persona_id else {}
    return Companion(
        bot_id=settings.id,
        slug=settings.slug,
        model=model,
        prompts=PromptBook({key: (each.body, each.version_id) for key, each in prompts.items()}),
        has_model=settings.model.provider != "demo",
        admin_telegram_ids=frozenset(settings.admin_telegram_ids),
        stages=StageBook(published_stages()),
        streams=StreamBook(
            {
                language: tuple(
                    StreamCard(each.slug, each.name, each.description, each.url) for each in streams
                )
                for language, streams in offered_streams().items()
            }
        ),
        model_name=f"{settings.model.base_url} {settings.model.name}",
    )


def model_settings(chosen: ModelChoice) -> ModelSettings:
    """How to reach the model that a bot speaks with."""
    return ModelSettings(
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
