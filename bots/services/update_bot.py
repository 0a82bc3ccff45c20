from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack
from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bots.announcements import tell_runtime
from bots.errors import BotError
from bots.models import Bot, Persona

# What a running bot cannot take over: it needs another connection or another process.
_NEEDS_FRESH_START = {"api_url", "has_own_process"}


class BotChanges(TypedDict, total=False):
    """The settings that people may change; secrets and the wanted state have services of their own."""

    name: str
    slug: str
    api_url: str
    persona: Persona | None
    language: str
    has_own_process: bool
    burst_wait: float
    sends_per_second: float | None
    chat_sends_per_second: float | None
    config: Mapping[str, Any]
    model_provider: str
    model_name: str
    model_fallback_name: str
    model_base_url: str
    model_temperature: float | None
    model_max_tokens: int
    model_timeout: float
    model_input_price: float
    model_output_price: float
    owner_telegram_id: int | None
    admin_telegram_ids: Sequence[int]
    timezone: str
    proactive_off: Sequence[str]
    proactive_a_day: int
    proactive_from: int
    proactive_until: int
    daily_budget_usd: float | None
    rotation_budget_usd: float | None
    platform_url: str


def update_bot(*, bot_id: UUID, **changes: Unpack[BotChanges]) -> Bot:
    """Change settings of a bot; it takes them over as it runs, and starts anew only where it must.

    Raises BotError: `bots.unknown`, `bots.invalid`, `bots.timezone_unknown`, `bots.hours_crossed` (nothing is
    changed then).
    """
    if not isinstance(changes.get("config", {}), Mapping):
        raise BotError("invalid", _('config: a JSON object is needed, like {"greeting": "…"}.'))
    with transaction.atomic():
        bot = Bot.objects.select_for_update().filter(id=bot_id).first()
        if bot is None:
            raise BotError("unknown", _("This bot does not exist any more."))
        changed = {name for name, value in changes.items() if getattr(bot, name) != value}
        if not changed:
            return bot
        for name in changed:
            setattr(bot, name, changes[name])  # type: ignore[literal-required]
        try:
            bot.full_clean(exclude={field.name for field in Bot._meta.fields} - changed)
        except ValidationError as error:
            raise BotError("invalid", _in_words(error)) from error
        _check_hours(bot, changed)
        if changed & _NEEDS_FRESH_START:
            bot.generation += 1
        bot.save(update_fields=[*changed, "generation", "updated_at"])
        tell_runtime(bot.id)
    return bot


def _check_hours(bot: Bot, changed: set[str]) -> None:
    if "timezone" in changed and bot.timezone not in available_timezones():
        raise BotError(
            "timezone_unknown",
            _("There is no time zone “%(zone)s”. One is: Europe/Moscow.") % {"zone": bot.timezone},
        )
    if changed & {"proactive_from", "proactive_until"} and bot.proactive_from >= bot.proactive_until:
        raise BotError(
            "hours_crossed",
            _("From %(first)d until %(last)d there are no hours: the first must be earlier.")
            % {"first": bot.proactive_from, "last": bot.proactive_until},
        )


def _in_words(error: ValidationError) -> str:
    return " ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
