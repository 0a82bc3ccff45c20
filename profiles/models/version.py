from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models.profile import Profile


class VersionOrigin(models.TextChoices):
    ROTATION = "rotation", _("rotation")
    VISIT = "visit", _("refreshed when they wrote")
    COMMAND = "command", _("fill_profiles")
    STAFF = "staff", _("staff")
    RESTORED = "restored", _("restored")


class ProfileVersion(TenantModel):
    """The summary of a person as it was from `created_at` until the next version; never changed once written."""

    personal_data = PersonalData(
        Erasure.CASCADES,
        profile="profile_id",
        exported=("number", "psychological_summary", "streams", "what_changed", "created_at"),
    )

    profile = TenantForeignKey(Profile, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    psychological_summary = models.TextField(_("psychological summary"), blank=True)
    streams = models.JSONField(_("streams"), default=list)
    what_changed = models.CharField(_("what changed"), max_length=600, blank=True)
    origin = models.CharField(_("origin"), max_length=16, choices=VersionOrigin.choices)
    run_id = models.UUIDField(null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField(_("at"))

    objects = TenantQuerySet["ProfileVersion"].as_manager()

    class Meta:
        db_table = "profile_versions"
        verbose_name = _("version of a profile")
        verbose_name_plural = _("versions of profiles")
        constraints = [
            models.UniqueConstraint(fields=["bot", "profile", "number"], name="profile_versions_are_numbered")
        ]

    def __str__(self) -> str:
        return f"v{self.number}"
