from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.models import ProactiveKind
from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models import Profile


class ProactiveMessage(TenantModel):
    """The bot said something by itself; `local_day` is the person's day, by which the limits count.

    `cause` names what it was about, so that nothing is said twice about the same.
    """

    personal_data = PersonalData(Erasure.CASCADES, profile="profile_id", exported=("kind", "created_at"))

    profile = TenantForeignKey(Profile, related_name="proactive_messages")
    kind = models.CharField(_("kind"), max_length=16, choices=ProactiveKind.choices)
    cause = models.CharField(max_length=100)
    local_day = models.DateField(_("day"))
    created_at = models.DateTimeField(_("at"))

    objects = TenantQuerySet["ProactiveMessage"].as_manager()

    class Meta:
        db_table = "proactive_messages"
        verbose_name = _("message by itself")
        verbose_name_plural = _("messages by itself")
        constraints = [
            models.UniqueConstraint(fields=["bot", "profile", "cause"], name="proactive_messages_once")
        ]
        indexes = [models.Index(fields=["bot", "profile", "local_day"], name="proactive_messages_day")]

    def __str__(self) -> str:
        return self.kind
