from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models.profile import Profile


class ActivityLog(TenantModel):
    """One thing that a person did: a message, a command, a tap. Details name it; what was said is in messages."""

    personal_data = PersonalData(
        Erasure.CASCADES, profile="profile_id", exported=("kind", "details", "created_at")
    )

    profile = TenantForeignKey(Profile, related_name="activity")
    kind = models.CharField(_("kind"), max_length=32)
    details = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("at"))

    objects = TenantQuerySet["ActivityLog"].as_manager()

    class Meta:
        db_table = "activity_logs"
        verbose_name = _("activity")
        verbose_name_plural = _("activity log")
        indexes = [
            models.Index(fields=["bot", "profile", "-created_at"], name="activity_logs_bot_profile_at"),
            # What staff look through, and what the archive takes the oldest of.
            models.Index(fields=["bot", "-created_at"], name="activity_logs_bot_at"),
        ]

    def __str__(self) -> str:
        return self.kind
