from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models import Profile


class Conversation(TenantModel):
    """One private Telegram chat of one bot, and the person in it."""

    personal_data = PersonalData(Erasure.CASCADES, profile="profile_id", exported=("chat_id", "created_at"))

    profile = TenantForeignKey(Profile, related_name="conversations")
    chat_id = models.BigIntegerField(_("chat"))
    created_at = models.DateTimeField(_("created"))
    # The next words are an answer to this, until then: "correct:<id of a finding>".
    awaits = models.CharField(max_length=100, blank=True, db_default="")
    awaits_until = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet["Conversation"].as_manager()

    class Meta:
        db_table = "conversations"
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [models.UniqueConstraint(fields=["bot", "chat_id"], name="conversations_one_a_chat")]
        indexes = [models.Index(fields=["bot", "profile"], name="conversations_bot_profile")]

    def __str__(self) -> str:
        return str(self.chat_id)
