from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_id
from journey.stages import LANGUAGES, Intensity, StageCode


class StageVersion(models.Model):
    """One wording of a stage in one language; never changed once written.

    The published one is in force for every bot of the installation; without one the catalogue in the code speaks.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(
        _("stage"), max_length=32, choices=[(each.value, each.value) for each in StageCode]
    )
    language = models.CharField(_("language"), max_length=8, choices=[(each, each) for each in LANGUAGES])
    number = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=60)
    description = models.TextField(_("description"), max_length=1000)
    questions = ArrayField(models.CharField(max_length=300), verbose_name=_("questions"), size=30)
    resistance = ArrayField(models.CharField(max_length=300), verbose_name=_("how people resist"), size=30)
    intensity = models.CharField(
        _("intensity"), max_length=8, choices=[(each.value, each.value) for each in Intensity]
    )
    techniques = ArrayField(models.CharField(max_length=120), verbose_name=_("techniques"), size=20)
    is_published = models.BooleanField(_("in force"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        db_table = "stage_versions"
        ordering = ["code", "language", "-number"]
        verbose_name = _("wording of a stage")
        verbose_name_plural = _("wordings of stages")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "language", "number"], name="stage_versions_are_numbered"
            ),
            models.UniqueConstraint(
                fields=["code", "language"],
                condition=models.Q(is_published=True),
                name="stage_versions_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.language}) v{self.number}"
