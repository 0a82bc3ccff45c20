from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet


class BotMetric(TenantModel):
    """What one figure of a bot came to over a few seconds, as one process saw it: inserted, never updated."""

    personal_data = PersonalData(Erasure.NOT_PERSONAL)

    name = models.CharField(_("figure"), max_length=60)
    at = models.DateTimeField(_("at"))
    count = models.BigIntegerField(_("count"))
    total = models.FloatField(_("total"))
    largest = models.FloatField(_("largest"))

    objects = TenantQuerySet["BotMetric"].as_manager()

    class Meta:
        db_table = "bot_metrics"
        indexes = [
            models.Index(fields=["bot", "at"], name="bot_metrics_bot_at"),
            # What budgets add up, among the many other figures of a day.
            models.Index(
                fields=["bot", "at"],
                condition=models.Q(name__in=["model_cost_micros", "rotation_cost_micros"]),
                name="bot_metrics_spending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


class BotMetricDay(TenantModel):
    """One figure of a bot over one day (UTC), rolled up from its samples; these outlive them."""

    personal_data = PersonalData(Erasure.NOT_PERSONAL)

    name = models.CharField(_("figure"), max_length=60)
    day = models.DateField(_("day"))
    count = models.BigIntegerField(_("count"))
    total = models.FloatField(_("total"))
    largest = models.FloatField(_("largest"))

    objects = TenantQuerySet["BotMetricDay"].as_manager()

    class Meta:
        db_table = "bot_metric_days"
        verbose_name = _("daily figure")
        verbose_name_plural = _("daily figures")
        constraints = [
            models.UniqueConstraint(fields=["bot", "day", "name"], name="bot_metric_days_one_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}: {self.count}"
