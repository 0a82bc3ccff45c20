from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models.profile import Profile


class FindingKind(models.TextChoices):
    """What a finding is about. Of the first group a person has one at a time, of the second many."""

    AGE = "age", _("age")
    BIRTHDAY = "birthday", _("birthday")
    GENDER = "gender", _("gender")
    LOCATION = "location", _("location")
    TIMEZONE = "timezone", _("time zone")
    OCCUPATION = "occupation", _("occupation")
    RELATIONSHIP = "relationship", _("relationship")
    CHILDREN = "children", _("children")

    INTEREST = "interest", _("interest")
    THEME = "theme", _("theme")
    PATTERN = "pattern", _("pattern")


class FindingOrigin(models.TextChoices):
    """Where a finding comes from, the more trustworthy last."""

    SESSION = "session", _("summary of a session")
    ROTATION = "rotation", _("rotation")
    TELEGRAM = "telegram", _("Telegram")
    SAID = "said", _("said in a conversation")
    PERSON = "person", _("corrected by the person")


class Finding(TenantModel):
    """One line of what is known of a person, with their own sentence that it came from where there is one.

    A line that the person has struck out (`is_refused`) keeps nothing but a digest, by which the same is not
    found again.
    """

    personal_data = PersonalData(
        Erasure.CASCADES, profile="profile_id", exported=("kind", "value", "sentence", "origin", "created_at")
    )

    profile = TenantForeignKey(Profile, related_name="findings")
    kind = models.CharField(_("kind"), max_length=16, choices=FindingKind.choices)
    value = models.CharField(_("value"), max_length=300, blank=True)
    sentence = models.CharField(_("in their words"), max_length=300, blank=True)
    origin = models.CharField(_("origin"), max_length=16, choices=FindingOrigin.choices)
    digest = models.CharField(max_length=64, editable=False)
    is_refused = models.BooleanField(_("struck out"), default=False)
    session_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(_("found"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = TenantQuerySet["Finding"].as_manager()

    class Meta:
        db_table = "findings"
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.UniqueConstraint(fields=["bot", "profile", "kind", "digest"], name="findings_once")
        ]

    def __str__(self) -> str:
        return self.kind
