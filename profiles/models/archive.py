from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models.profile import Profile


class ArchivedActivity(TenantModel):
    """One thing that a person did long ago: a row of the activity log that was moved here, with its id."""

    personal_data = PersonalData(
        Erasure.CASCADES, profile="profile_id", exported=("kind", "details", "created_at")
    )

    profile = TenantForeignKey(Profile, related_name="archived")
    kind = models.CharField(_("kind"), max_length=32)
    details = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("at"))
    archived_at = models.DateTimeField(_("archived"))

    objects = TenantQuerySet["ArchivedActivity"].as_manager()

    class Meta:
        db_table = "activity_archive"
        verbose_name = _("archived activity")
        verbose_name_plural = _("activity archive")
        indexes = [
            models.Index(fields=["bot", "profile", "-created_at"], name="activity_archive_profile_at"),
            models.Index(fields=["bot", "-created_at"], name="activity_archive_bot_at"),
        ]

    def __str__(self) -> str:
        return self.kind
