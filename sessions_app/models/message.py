from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from sessions_app.models.conversation import Conversation
from sessions_app.models.session import Session


class Role(models.TextChoices):
    USER = "user", _("person")
    BOT = "bot", _("bot")
    SYSTEM = "system", _("system")


class Message(TenantModel):
    """One thing said in a conversation. What the bot said carries what it cost: tokens, and millionths of a USD."""

    personal_data = PersonalData(
        Erasure.CASCADES,
        profile="conversation__profile_id",
        exported=("role", "text", "created_at", "edited_at"),
    )

    conversation = TenantForeignKey(Conversation, related_name="messages")
    session = TenantForeignKey(Session, related_name="messages", null=True, blank=True)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)
    text = models.TextField(_("text"), blank=True)
    # The inbound row that it came with, or that it answers: words are kept once, however often a walk is taken.
    inbound_id = models.UUIDField(null=True, blank=True)
    telegram_message_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("at"))
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    # The member of staff who wrote it in the bot's place.
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    model = models.CharField(_("model"), max_length=100, blank=True)
    prompt_tokens = models.PositiveIntegerField(_("tokens in"), default=0)
    completion_tokens = models.PositiveIntegerField(_("tokens out"), default=0)
    cost_micros = models.BigIntegerField(_("cost, millionths of a USD"), default=0)
    latency_ms = models.PositiveIntegerField(_("model's time, ms"), null=True, blank=True)
    prompt_version = models.ForeignKey(
        "bots.PromptVersion",
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    objects = TenantQuerySet["Message"].as_manager()

    class Meta:
        db_table = "messages"
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["bot", "inbound_id", "role"],
                condition=models.Q(inbound_id__isnull=False),
                name="messages_once_per_inbound",
            )
        ]
        indexes = [
            models.Index(fields=["bot", "conversation", "-created_at"], name="messages_bot_conversation_at"),
            models.Index(
                fields=["bot", "session"],
                condition=models.Q(session__isnull=False),
                name="messages_bot_session",
            ),
            models.Index(fields=["bot", "created_at"], name="messages_bot_created"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.created_at:%Y-%m-%d %H:%M}"
