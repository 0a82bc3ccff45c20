from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models.profile import Profile


class Consent(TenantModel):
    """A person agreed to a wording of the terms, and perhaps withdrew that later; kept as proof."""

    personal_data = PersonalData(
        Erasure.CASCADES, profile="profile_id", exported=("terms", "language", "given_at", "withdrawn_at")
    )

    profile = TenantForeignKey(Profile, related_name="consents")
    terms = models.CharField(_("terms"), max_length=32)
    language = models.CharField(_("language"), max_length=8)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = TenantQuerySet["Consent"].as_manager()

    class Meta:
        db_table = "consents"
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["bot", "profile"], name="consents_bot_profile")]

    def __str__(self) -> str:
        return f"{self.terms} {self.given_at:%Y-%m-%d}"
