"""What the runtime needs to run a bot."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from bots.contracts import BotSettings, ModelChoice
from bots.errors import BotError
from bots.models import Bot


def get_bot_settings(bot_id: UUID) -> BotSettings:
    """A bot's settings with its secrets in the clear and the installation's defaults filled in.

    Raises BotError `bots.unknown`, Undecryptable.
    """
    bot = Bot.objects.filter(id=bot_id).first()
    if bot is None:
        raise BotError("unknown", _("This bot does not exist any more."))
    return BotSettings(
        id=bot.id,
        slug=bot.slug,
        name=bot.name,
        token=bot.token,
        api_url=bot.api_url,
        language=bot.language,
        persona_id=bot.persona_id,
        generation=bot.generation,
        burst_wait=bot.burst_wait,
        sends_per_second=bot.sends_per_second,
        chat_sends_per_second=bot.chat_sends_per_second,
        model=_model_choice(bot),
        owner_telegram_id=bot.owner_telegram_id,
        admin_telegram_ids=tuple(bot.admin_telegram_ids),
        config=dict(bot.config),
        timezone=bot.timezone,
        proactive_off=frozenset(bot.proactive_off),
        proactive_a_day=bot.proactive_a_day,
        proactive_from=bot.proactive_from,
        proactive_until=bot.proactive_until,
        daily_budget_usd=bot.daily_budget_usd,
        rotation_budget_usd=bot.rotation_budget_usd,
        platform_url=bot.platform_url,
    )


def _model_choice(bot: Bot) -> ModelChoice:
    base_url = bot.model_base_url or settings.OPENAI_BASE_URL
    # The installation's key belongs to the installation's address: it is never sent to another one.
    is_ours = base_url == settings.OPENAI_BASE_URL
    return ModelChoice(
        provider=bot.model_provider,
        name=bot.model_name or settings.OPENAI_MODEL,
        fallback_name=bot.model_fallback_name,
        base_url=base_url,
        key=bot.model_key or (settings.OPENAI_API_KEY if is_ours else ""),
        temperature=bot.model_temperature,
        max_tokens=bot.model_max_tokens,
        timeout=bot.model_timeout,
        input_price=bot.model_input_price,
        output_price=bot.model_output_price,
    )
