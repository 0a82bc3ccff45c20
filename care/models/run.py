from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bots.tenant import Erasure, PersonalData, TenantModel, TenantQuerySet


class RunState(models.TextChoices):
    WANTED = "wanted", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    OVER_BUDGET = "over_budget", _("budget spent")
    FAILED = "failed", _("failed")


class RunTrigger(models.TextChoices):
    DAILY = "daily", _("daily rotation")
    COMMAND = "command", _("fill_profiles")
    TELEGRAM = "telegram", _("/fill_profiles")
    STAFF = "staff", _("staff")


class RotationRun(TenantModel):
    """One round over the profiles of one bot: what it was to do, how far it is, and what it cost.

    At most one of a bot waits or is running, but for those over picked people; `beat_at` tells that it still does. A
    run that was stopped or died is gone on with by the next one of its kind: who was tried since `started_at` is not
    tried again.
    """

    personal_data = PersonalData(Erasure.NOT_PERSONAL)
    is_partitioned = False

    trigger = models.CharField(_("started by"), max_length=16, choices=RunTrigger.choices)
    state = models.CharField(_("state"), max_length=16, choices=RunState.choices, default=RunState.WANTED)
    # Everybody who has consented, instead of those who are due.
    is_for_all = models.BooleanField(_("everybody"), default=False)
    # Of people whom staff have picked, instead: those of `rotation_picks`. Beside the bot's own round.
    is_picked = models.BooleanField(_("picked people"), default=False, db_default=False)
    candidates = models.PositiveIntegerField(_("candidates"), default=0)
    processed = models.PositiveIntegerField(_("processed"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    prompt_tokens = models.BigIntegerField(_("tokens in"), default=0)
    completion_tokens = models.BigIntegerField(_("tokens out"), default=0)
    cost_micros = models.BigIntegerField(_("cost, millionths of a USD"), default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # Where progress is reported in Telegram: the outbound message that is edited.
    report_id = models.UUIDField(null=True, blank=True)
    reports = models.PositiveIntegerField(default=0)
    wanted_at = models.DateTimeField(_("wanted"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = TenantQuerySet["RotationRun"].as_manager()

    class Meta:
        db_table = "rotation_runs"
        verbose_name = _("rotation run")
        verbose_name_plural = _("rotation runs")
        constraints = [
            models.UniqueConstraint(
                fields=["bot"],
                condition=models.Q(state__in=["wanted", "running"], is_picked=False),
                name="rotation_runs_one_under_way",
            )
        ]
        indexes = [models.Index(fields=["bot", "-wanted_at"], name="rotation_runs_bot_at")]

    def __str__(self) -> str:
        return f"{self.trigger} {self.state}"
