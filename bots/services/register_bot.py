from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from bots.announcements import record, tell_runtime
from bots.default_persona import default_persona
from bots.errors import BotError
from bots.models import Bot, BotStatus, Language, ModelProvider, Persona, WantedState
from bots.tokens import clean_token, key_hint, token_hint
from core.encryption import encrypt, fingerprint

# From Cyrillic to what an address can hold; what is not here is left to slugify.
_LATIN = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ъ": "", "ь": ""}
)


def register_bot(
    *,
    name: str,
    token: str,
    slug: str | None = None,
    api_url: str | None = None,
    language: str = Language.RUSSIAN,
    persona: Persona | None = None,
    wanted_state: str = WantedState.STOPPED,
    has_own_process: bool = False,
    provider: str | None = None,
    model_name: str = "",
    model_base_url: str = "",
    model_key: str = "",
    owner_telegram_id: int | None = None,
    admin_telegram_ids: Sequence[int] = (),
    config: Mapping[str, Any] | None = None,
) -> Bot:
    """Add a bot by its token; the runtime hears of it at once.

    Without a slug one is made of the name; without a provider the bot speaks by the model for which there is
    a key, or by the demo. Raises BotError: `bots.token_malformed`, `bots.token_taken`,
    `bots.slug_taken`.
    """
    token = clean_token(token)
    _refuse_taken(token=token, slug=slug)
    try:
        with transaction.atomic():
            bot = Bot.objects.create(
                name=name,
                slug=slug or _free_slug(name),
                token_sealed=encrypt(token),
                token_fingerprint=fingerprint(token),
                token_hint=token_hint(token),
                api_url=api_url or settings.TELEGRAM_API_URL,
                language=language,
                persona=persona or default_persona(),
                wanted_state=wanted_state,
                has_own_process=has_own_process,
                model_provider=provider or _provider(model_key),
                model_name=model_name,
                model_base_url=model_base_url,
                model_key_sealed=encrypt(model_key) if model_key else "",
                model_key_hint=key_hint(model_key),
                owner_telegram_id=owner_telegram_id,
                admin_telegram_ids=list(admin_telegram_ids),
                config=dict(config or {}),
            )
            BotStatus.objects.create(bot=bot)
            record(bot_id=bot.id, kind="bot.registered", payload={"slug": bot.slug, "wanted": wanted_state})
            tell_runtime(bot.id)
    except IntegrityError:
        # Somebody was faster; the look-up now finds what they wrote.
        _refuse_taken(token=token, slug=slug)
        raise
    return bot


def _provider(model_key: str) -> str:
    return ModelProvider.OPENAI if model_key or settings.OPENAI_API_KEY else ModelProvider.DEMO


def token_taken(holder: Bot) -> BotError:
    """The refusal of a token that another bot has, in words for staff."""
    return BotError(
        "token_taken",
        _("This token already belongs to the bot “%(bot)s” (%(slug)s). One token is one bot.")
        % {"bot": holder.name, "slug": holder.slug},
    )


def _refuse_taken(*, token: str, slug: str | None) -> None:
    holder = Bot.objects.filter(token_fingerprint=fingerprint(token)).first()
    if holder is not None:
        raise token_taken(holder)
    if slug and Bot.objects.filter(slug=slug).exists():
        raise BotError(
            "slug_taken",
            _("There is already a bot with the slug “%(slug)s”. Choose another one.") % {"slug": slug},
        )


def _free_slug(name: str) -> str:
    base = slugify(name.lower().translate(_LATIN))[:50].strip("-") or "bot"
    taken = set(Bot.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
