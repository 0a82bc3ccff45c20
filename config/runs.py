"""Runs of background tasks, written down from the workers; that it cannot be written down fails no task."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from django.db import DatabaseError

from bots.alarms import described
from bots.alerts import clean
from events.services.note_run import begin_run, end_run

log = structlog.get_logger(__name__)


def begin(key: str, task: str) -> None:
    """A task begins."""
    try:
        begin_run(key=key, task=task)
    except DatabaseError as error:
        log.warning("run.not_noted", task=task, error=type(error).__name__)


def end(key: str, figures: Mapping[str, object], seconds: float, error: BaseException | None) -> None:
    """It has ended, with figures or with an error."""
    said = clean(described(error)) if error is not None else ""
    try:
        end_run(key=key, figures=figures, seconds=seconds, error=said)
    except DatabaseError as failure:
        log.warning("run.not_noted", key=key, error=type(failure).__name__)
