from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from journey.stages import StageCode
from profiles.models import Profile


class ProgressOutcome(models.TextChoices):
    """How a stage was left."""

    CURRENT = "", _("current")
    COMPLETED = "completed", _("completed")
    LEFT = "left", _("left for an earlier one")
    DISPUTED = "disputed", _("disputed by the person")


class JourneyProgress(TenantModel):
    """A person stood on a stage from `started_at` to `left_at`; the one that is not left is where they are.

    `evidence` is a list of {"quote", "session", "at"}: the person's own words, the newest last.
    """

    personal_data = PersonalData(
        Erasure.CASCADES,
        profile="profile_id",
        exported=("stage", "started_at", "left_at", "outcome", "confidence", "evidence"),
    )

    profile = TenantForeignKey(Profile, related_name="progress")
    stage = models.CharField(
        _("stage"), max_length=32, choices=[(each.value, each.value) for each in StageCode]
    )
    started_at = models.DateTimeField(_("started"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"),
        max_length=16,
        choices=ProgressOutcome.choices,
        default=ProgressOutcome.CURRENT,
        blank=True,
    )
    confidence = models.FloatField(_("confidence"), default=0.0)
    evidence = models.JSONField(_("evidence"), default=list)
    session_id = models.UUIDField(null=True, blank=True)
    # When the person was told that the stage is completed.
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    objects = TenantQuerySet["JourneyProgress"].as_manager()

    class Meta:
        db_table = "journey_progress"
        verbose_name = _("step of a journey")
        verbose_name_plural = _("steps of journeys")
        constraints = [
            models.UniqueConstraint(
                fields=["bot", "profile"],
                condition=models.Q(left_at__isnull=True),
                name="journey_progress_one_current",
            )
        ]
        indexes = [
            models.Index(fields=["bot", "profile", "started_at"], name="journey_progress_profile"),
            models.Index(
                fields=["bot", "left_at"],
                condition=models.Q(outcome="completed", told_at__isnull=True),
                name="journey_progress_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return self.stage
