from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet
from care.models.figures import FRESH_AT_MOST, LOOKED_AT_AGAIN, WORTH

# What is written down a little later than it happened is still counted.
CLOSED_AFTER = timedelta(minutes=15)


class BotDay(TenantModel):
    """What one UTC day of a bot came to. Today's row is counted anew again and again, a day that is over no more.

    `answers` says how many answers took how long, by the classes of `care.answer_times`; `took_ms` is how long
    counting took.
    """

    personal_data = PersonalData(Erasure.NOT_PERSONAL)
    is_partitioned = False

    day = models.DateField(_("day"))
    people = models.PositiveIntegerField(_("people who did something"), default=0)
    words_in = models.PositiveIntegerField(_("messages of people"), default=0)
    words_out = models.PositiveIntegerField(_("messages of the bot"), default=0)
    by_staff = models.PositiveIntegerField(_("of them written by staff"), default=0)
    sessions = models.PositiveIntegerField(_("sessions begun"), default=0)
    completed = models.PositiveIntegerField(_("sessions completed"), default=0)
    cost_micros = models.BigIntegerField(_("cost, millionths of a USD"), default=0)
    answers = models.JSONField(_("answers by how long they took"), default=list)
    taken_at = models.DateTimeField(_("counted"))
    took_ms = models.PositiveIntegerField(_("took, ms"), default=0)

    objects = TenantQuerySet["BotDay"].as_manager()

    class Meta:
        db_table = "bot_days"
        verbose_name = _("day of a bot")
        verbose_name_plural = _("days of bots")
        constraints = [models.UniqueConstraint(fields=["bot", "day"], name="bot_days_one_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.people}"

    def is_due(self, now: datetime) -> bool:
        """It is to be counted anew: while the day lasts, and once after it is over."""
        over = datetime.combine(self.day, time.min, tzinfo=UTC) + timedelta(days=1) + CLOSED_AFTER
        if now >= over:
            return self.taken_at < over
        pause = timedelta(milliseconds=self.took_ms * WORTH / 2)
        return now - self.taken_at >= min(max(pause, LOOKED_AT_AGAIN), FRESH_AT_MOST / 2)
