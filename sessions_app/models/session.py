from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from sessions_app.models.conversation import Conversation


class SessionKind(models.TextChoices):
    NATASHA = "natasha", _("provocative")
    DIAGNOSTIC = "diagnostic", _("diagnostic")


class SessionState(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused after a sign of crisis")
    COMPLETED = "completed", _("completed")
    ABANDONED = "abandoned", _("ended for another")


class Session(TenantModel):
    """One piece of work inside a conversation. At most one is open (active or paused) at a time."""

    personal_data = PersonalData(
        Erasure.CASCADES,
        profile="conversation__profile_id",
        exported=(
            "kind",
            "state",
            "summary",
            "patterns",
            "core_issue",
            "question_count",
            "started_at",
            "completed_at",
        ),
    )

    conversation = TenantForeignKey(Conversation, related_name="sessions")
    kind = models.CharField(_("kind"), max_length=16, choices=SessionKind.choices)
    state = models.CharField(
        _("state"), max_length=16, choices=SessionState.choices, default=SessionState.ACTIVE
    )
    patterns = models.JSONField(_("identified patterns"), default=list, blank=True)
    core_issue = models.CharField(_("core issue"), max_length=500, blank=True)
    question_count = models.PositiveIntegerField(_("questions"), default=0)
    data = models.JSONField(_("session data"), default=dict, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    started_at = models.DateTimeField(_("started"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=100, blank=True)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True)

    objects = TenantQuerySet["Session"].as_manager()

    class Meta:
        db_table = "sessions"
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["bot", "conversation"],
                condition=models.Q(state__in=["active", "paused"]),
                name="sessions_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["bot", "conversation", "-started_at"], name="sessions_bot_conversation")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
