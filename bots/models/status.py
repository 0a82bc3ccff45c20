from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet


class ObservedState(models.TextChoices):
    """What a bot is doing, as the runtime sees it."""

    STOPPED = "stopped", _("stopped")
    STARTING = "starting", _("starting")
    RUNNING = "running", _("running")
    BACKING_OFF = "backing_off", _("backing off")
    CONFLICT = "conflict", _("conflict: somebody else polls")
    TOKEN_REVOKED = "token_revoked", _("token revoked")
    DEAF = "deaf", _("deaf")
    PAUSED = "paused", _("paused")
    CRASHED = "crashed", _("crashed")


class BotStatus(models.Model):
    """What the runtime observed of a bot, and the lease of the process that runs it.

    Written by the runtime alone, beside the bot's row, so that observing never locks what people edit.
    """

    bot = models.OneToOneField("bots.Bot", models.CASCADE, primary_key=True, related_name="status")
    state = models.CharField(
        _("state"), max_length=16, choices=ObservedState.choices, default=ObservedState.STOPPED
    )
    state_since = models.DateTimeField(_("since"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    generation = models.PositiveIntegerField(default=0)
    restarts = models.PositiveIntegerField(_("restarts"), default=0)
    last_poll_at = models.DateTimeField(_("last poll"), null=True, blank=True)
    last_update_at = models.DateTimeField(_("last update"), null=True, blank=True)

    lease_holder = models.CharField(max_length=100, blank=True)
    # Grows with each new holder: what an earlier holder still has in hand can be told apart and refused.
    lease_epoch = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "bot_statuses"
        verbose_name = _("bot status")
        verbose_name_plural = _("bot statuses")

    def __str__(self) -> str:
        return f"{self.bot_id}: {self.state}"


class BotPeriod(TenantModel):
    """How long a bot was in one state; written once, when the state ends.

    `heard_at` is when Telegram last answered it until then: a process that dies ends no state, and what lies between
    the two was silence that nobody saw.
    """

    personal_data = PersonalData(Erasure.NOT_PERSONAL)
    is_partitioned = False

    state = models.CharField(_("state"), max_length=16, choices=ObservedState.choices)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    heard_at = models.DateTimeField(_("last poll"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    objects = TenantQuerySet["BotPeriod"].as_manager()

    class Meta:
        db_table = "bot_periods"
        verbose_name = _("period of a bot")
        verbose_name_plural = _("periods of bots")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="bot_periods_last_a_while"
            )
        ]
        indexes = [models.Index(fields=["bot", "until"], name="bot_periods_bot_until")]

    def __str__(self) -> str:
        return f"{self.state} {self.since:%Y-%m-%d %H:%M}"
