from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantForeignKey, TenantModel, TenantQuerySet
from profiles.models import Profile


class PickResult(models.TextChoices):
    """What became of somebody who was picked."""

    WAITING = "", _("waiting")
    UPDATED = "updated", _("renewed")
    SKIPPED = "skipped", _("nothing new")
    FAILED = "failed", _("failed")


class RotationPick(TenantModel):
    """Somebody whom staff have picked for a round over portraits, and what became of it."""

    personal_data = PersonalData(Erasure.CASCADES, profile="profile_id", exported=("result", "picked_at"))
    is_partitioned = False

    # A plain id: the round may be trimmed before.
    run_id = models.UUIDField()
    profile = TenantForeignKey(Profile, related_name="rotation_picks")
    result = models.CharField(
        _("result"), max_length=8, choices=PickResult.choices, default=PickResult.WAITING, blank=True
    )
    picked_at = models.DateTimeField(_("picked"))

    objects = TenantQuerySet["RotationPick"].as_manager()

    class Meta:
        db_table = "rotation_picks"
        verbose_name = _("picked person")
        verbose_name_plural = _("picked people")
        constraints = [
            models.UniqueConstraint(fields=["bot", "run_id", "profile"], name="rotation_picks_once_a_run")
        ]
        indexes = [models.Index(fields=["bot", "profile"], name="rotation_picks_bot_profile")]

    def __str__(self) -> str:
        return self.result
