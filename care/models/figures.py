from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet

# What is counted in less is counted anew for whoever asks: most bots always show live figures.
SLOW_MS = 15
# For how many times as long as counting took, its figures serve; within these bounds.
WORTH = 2000
FRESH_AT_LEAST = timedelta(minutes=2)
FRESH_AT_MOST = timedelta(minutes=10)
# Pages that show many bots look at what is kept: a bot that was quick is counted by each run of the task, which
# comes every minute, sometimes a little early.
LOOKED_AT_AGAIN = timedelta(seconds=50)


class KeptFigures(TenantModel):
    """A bot's figures as they were counted last, and how long that took; one row a bot.

    `figures` is the JSON that `care.selectors.count_figures` makes: whole numbers by name, and `stages` with the
    number of people in each stage by its code.
    """

    personal_data = PersonalData(Erasure.NOT_PERSONAL)
    is_partitioned = False

    figures = models.JSONField(_("figures"))
    taken_at = models.DateTimeField(_("taken"))
    took_ms = models.PositiveIntegerField(_("took, ms"))

    objects = TenantQuerySet["KeptFigures"].as_manager()

    class Meta:
        db_table = "bot_figures"
        verbose_name = _("figures of a bot")
        verbose_name_plural = _("figures of bots")
        constraints = [models.UniqueConstraint(fields=["bot"], name="bot_figures_one_a_bot")]

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M}"

    @property
    def is_slow(self) -> bool:
        """Somebody who waited for these figures would notice."""
        return self.took_ms >= SLOW_MS

    @property
    def fresh_for(self) -> timedelta:
        return min(max(timedelta(milliseconds=self.took_ms * WORTH), FRESH_AT_LEAST), FRESH_AT_MOST)

    def may_serve(self, now: datetime) -> bool:
        """These figures answer who asks now."""
        return self.is_slow and now - self.taken_at < self.fresh_for

    def is_due(self, now: datetime) -> bool:
        """They are to be counted anew now, before anybody would have to wait for it."""
        return now - self.taken_at >= (self.fresh_for / 2 if self.is_slow else LOOKED_AT_AGAIN)
