from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.encryption import decrypt
from core.ids import new_id


class Language(models.TextChoices):
    RUSSIAN = "ru", _("Russian")
    ENGLISH = "en", _("English")


class WantedState(models.TextChoices):
    """What people want of a bot; the runtime brings it about."""

    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("stopped")


class ProactiveKind(models.TextChoices):
    """What a bot may start by itself; each can be switched off."""

    SILENCE = "silence", _("after a day of silence in a session")
    STAGE = "stage", _("when a stage is completed")
    MORNING = "morning", _("a morning question in an open session")


class ModelProvider(models.TextChoices):
    DEMO = "demo", _("demo (no model)")
    OPENAI = "openai", _("OpenAI and what speaks like it")


class Bot(models.Model):
    """One Telegram bot: the tenant to which every row about a person belongs.

    Secrets are kept sealed; `generation` grows with each change that needs the bot to be started anew.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)

    token_sealed = models.TextField(editable=False)
    token_fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    token_hint = models.CharField(_("token"), max_length=40, editable=False)
    telegram_id = models.BigIntegerField(_("Telegram id"), null=True, blank=True, editable=False)
    username = models.CharField(_("username"), max_length=64, blank=True, editable=False)
    api_url = models.URLField(_("Bot API address"), max_length=300)

    persona = models.ForeignKey(
        "bots.Persona", models.PROTECT, related_name="bots", verbose_name=_("persona"), null=True, blank=True
    )
    language = models.CharField(
        _("language"), max_length=8, choices=Language.choices, default=Language.RUSSIAN
    )

    wanted_state = models.CharField(
        _("wanted state"), max_length=16, choices=WantedState.choices, default=WantedState.STOPPED
    )
    generation = models.PositiveIntegerField(default=1, editable=False)
    has_own_process = models.BooleanField(_("process of its own"), default=False)

    burst_wait = models.FloatField(
        _("burst wait, s"), default=0.8, validators=[MinValueValidator(0.0), MaxValueValidator(10.0)]
    )
    sends_per_second = models.FloatField(
        _("messages a second"), default=30.0, null=True, blank=True, validators=[MinValueValidator(0.1)]
    )
    chat_sends_per_second = models.FloatField(
        _("messages a second in one chat"),
        default=1.0,
        null=True,
        blank=True,
        validators=[MinValueValidator(0.05)],
    )
    config = models.JSONField(_("config"), default=dict, blank=True)

    model_provider = models.CharField(
        _("model"), max_length=16, choices=ModelProvider.choices, default=ModelProvider.DEMO
    )
    model_name = models.CharField(_("model name"), max_length=100, blank=True)
    model_fallback_name = models.CharField(_("fallback model"), max_length=100, blank=True)
    model_base_url = models.URLField(_("model address"), max_length=300, blank=True)
    model_key_sealed = models.TextField(blank=True, editable=False)
    model_key_hint = models.CharField(_("model key"), max_length=40, blank=True, editable=False)
    model_temperature = models.FloatField(
        _("temperature"), null=True, blank=True, validators=[MinValueValidator(0.0), MaxValueValidator(2.0)]
    )
    model_max_tokens = models.PositiveIntegerField(
        _("longest answer, tokens"), default=700, validators=[MinValueValidator(1)]
    )
    model_timeout = models.FloatField(
        _("model timeout, s"), default=40.0, validators=[MinValueValidator(1.0)]
    )
    model_input_price = models.FloatField(
        _("USD per million tokens in"), default=0.0, validators=[MinValueValidator(0.0)]
    )
    model_output_price = models.FloatField(
        _("USD per million tokens out"), default=0.0, validators=[MinValueValidator(0.0)]
    )

    # People's own hours where their time zone is not known; what the bot starts by itself keeps within them.
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Moscow")
    proactive_off = ArrayField(
        models.CharField(max_length=16, choices=ProactiveKind.choices),
        verbose_name=_("what the bot does not start by itself"),
        default=list,
        blank=True,
    )
    proactive_a_day = models.PositiveSmallIntegerField(
        _("messages by itself a day"), default=2, validators=[MaxValueValidator(10)]
    )
    proactive_from = models.PositiveSmallIntegerField(
        _("not before, hour"), default=9, validators=[MaxValueValidator(23)]
    )
    proactive_until = models.PositiveSmallIntegerField(
        _("not after, hour"), default=21, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )

    # USD a day (UTC); None is no limit. The day's budget counts all that the bot asks its model; when it is spent,
    # what the bot does by itself stops, and people are still answered.
    daily_budget_usd = models.FloatField(
        _("budget a day, USD"), null=True, blank=True, validators=[MinValueValidator(0.0)]
    )
    rotation_budget_usd = models.FloatField(
        _("of it for keeping profiles, USD"), null=True, blank=True, validators=[MinValueValidator(0.0)]
    )
    platform_url = models.URLField(_("platform"), max_length=300, blank=True)

    owner_telegram_id = models.BigIntegerField(_("owner's Telegram id"), null=True, blank=True)
    admin_telegram_ids = ArrayField(
        models.BigIntegerField(), verbose_name=_("admins' Telegram ids"), default=list, blank=True
    )

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        db_table = "bots"
        ordering = ["name", "id"]
        verbose_name = _("bot")
        verbose_name_plural = _("bots")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(burst_wait__gte=0), name="bots_burst_wait_is_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(wanted_state__in=WantedState.values), name="bots_wanted_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def token(self) -> str:
        """The token in the clear, for the client alone. Raises Undecryptable."""
        return decrypt(self.token_sealed)

    @property
    def model_key(self) -> str:
        """The model's key in the clear, "" where there is none. Raises Undecryptable."""
        return decrypt(self.model_key_sealed) if self.model_key_sealed else ""
