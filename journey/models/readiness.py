from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models import Profile


class Readiness(TenantModel):
    """How ready a person was for each stream at one moment.

    `streams` is a list of {"slug", "percent", "reason", "quote"}, the readiest first. `digest` names what it was
    made from: the same is not asked again. `chosen` is the slug of the stream that the person tapped.
    """

    personal_data = PersonalData(
        Erasure.CASCADES, profile="profile_id", exported=("streams", "chosen", "chosen_at", "created_at")
    )

    profile = TenantForeignKey(Profile, related_name="readinesses")
    streams = models.JSONField(_("streams"), default=list)
    digest = models.CharField(max_length=64, editable=False)
    chosen = models.CharField(_("chosen"), max_length=32, blank=True)
    chosen_at = models.DateTimeField(_("chosen at"), null=True, blank=True)
    created_at = models.DateTimeField(_("at"))

    objects = TenantQuerySet["Readiness"].as_manager()

    class Meta:
        db_table = "readinesses"
        verbose_name = _("readiness")
        verbose_name_plural = _("readiness")
        indexes = [models.Index(fields=["bot", "profile", "-created_at"], name="readinesses_profile_at")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
