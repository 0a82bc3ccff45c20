"""The background workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("DATABASE_ROLE", "runtime")
if {"worker", "beat"} & set(sys.argv):
    os.environ["SHOWS_PAGES"] = "off"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from core.metrics_folder import share_figures

app = Celery("relove")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect(weak=False)  # type: ignore[untyped-decorator]
def _log_like_everybody_else(**kwargs: Any) -> None:
    """Celery would set its own format up; ours takes secrets out."""


if "worker" in sys.argv:
    # Before anything that counts is imported: Prometheus looks for the folder once.
    share_figures(Path(settings.RELOVE_HOME), "celery")
    from core.task_metrics import watch_failures, watch_runs, watch_tasks

    def _tell_staff(task: str, error: BaseException) -> None:
        # Here models are not loaded yet; when a task fails, they are.
        from bots.alarms import task_failed  # noqa: PLC0415

        task_failed(task=task, error=error)

    def _begin(key: str, task: str) -> None:
        from config.runs import begin  # noqa: PLC0415 - as above

        begin(key, task)

    def _end(key: str, figures: Mapping[str, object], seconds: float, error: BaseException | None) -> None:
        from config.runs import end  # noqa: PLC0415 - as above

        end(key, figures, seconds, error)

    watch_tasks(port=settings.CELERY_METRICS_PORT)
    watch_failures(_tell_staff)
    watch_runs(_begin, _end)
