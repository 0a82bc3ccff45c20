from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_id


class AlertKind(models.TextChoices):
    """What staff are told about."""

    ERROR = "error", _("critical error")
    MODEL_UNREACHABLE = "model_unreachable", _("model unreachable")
    MODEL_BACK = "model_back", _("model back")
    TASK_FAILED = "task_failed", _("background task failed")
    BOT_DEAF = "bot_deaf", _("bot deaf")
    BOT_CRASHED = "bot_crashed", _("bot crashed")
    TOKEN_REVOKED = "token_revoked", _("token revoked")
    BUDGET_SPENT = "budget_spent", _("budget spent")
    CRISIS = "crisis", _("sign of crisis")
    BROADCAST_PAUSED = "broadcast_paused", _("broadcast paused")


class Alert(models.Model):
    """Something that staff must know, of one bot or (without one) of the installation; says nothing of people.

    The same alert within a quarter of an hour is the same row, counted. `is_current` marks the newest row of a
    fingerprint; `notified_at` is when it was put into the outbox for the bot's admins.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bot = models.ForeignKey(
        "bots.Bot", models.CASCADE, null=True, blank=True, related_name="alerts", verbose_name=_("bot")
    )
    kind = models.CharField(_("kind"), max_length=32, choices=AlertKind.choices)
    # What it is about: a task's name, an error's code, a model's address; part of what makes an alert the same.
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    fingerprint = models.CharField(max_length=64, editable=False)
    is_current = models.BooleanField(default=True, editable=False)
    count = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    notified_at = models.DateTimeField(_("told"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        db_table = "alerts"
        ordering = ["-last_at"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=models.Q(is_current=True), name="alerts_one_current"
            )
        ]
        indexes = [
            models.Index(
                fields=["first_at"], condition=models.Q(notified_at__isnull=True), name="alerts_to_tell"
            ),
            models.Index(fields=["-last_at"], name="alerts_last"),
            models.Index(
                fields=["-last_at"], condition=models.Q(acknowledged_at__isnull=True), name="alerts_open"
            ),
        ]

    def __str__(self) -> str:
        kind = str(self.get_kind_display())
        # A sign's code says nothing to staff; pages tell it in words.
        return kind if self.kind == AlertKind.CRISIS else f"{kind} {self.subject}".strip()
