from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskState(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class TaskRun(models.Model):
    """One run of a background task, or several in a row that came to nothing; says nothing of people.

    `figures` are what the task said it came to. Where it was nothing, the next run that comes to nothing is counted
    in the same row (`times`), so that a task that looks every minute does not hide what it did. A run whose process
    ended without a word stays `running`.
    """

    id = models.BigAutoField(primary_key=True)
    # Celery's id of this run.
    key = models.CharField(max_length=64, unique=True)
    task = models.CharField(_("task"), max_length=120)
    state = models.CharField(_("state"), max_length=8, choices=TaskState.choices, default=TaskState.RUNNING)
    is_quiet = models.BooleanField(default=False)
    times = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    seconds = models.FloatField(_("took, seconds"), null=True)
    figures = models.JSONField(_("came to"), default=dict)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        db_table = "task_runs"
        verbose_name = _("run of a background task")
        verbose_name_plural = _("runs of background tasks")
        indexes = [
            models.Index(fields=["task", "-started_at"], name="task_runs_task_at"),
            models.Index(fields=["started_at"], name="task_runs_at"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.state}"
