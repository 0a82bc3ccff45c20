"""Periodic tasks: one at a time, each saying how long it took and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.core.cache import cache

from core.clock import clock

log = structlog.get_logger(__name__)


def cron_task(name: str) -> Callable[[Callable[[], Mapping[str, object]]], Any]:
    """Make a Celery task of a function that returns its figures; it never overlaps itself.

    A run that finds another under way leaves at once. A run that died is forgotten after the task time limit.
    """

    def decorate(function: Callable[[], Mapping[str, object]]) -> Any:
        def run() -> Mapping[str, object] | None:
            key = f"cron:{name}"
            if not cache.add(key, "running", timeout=settings.CELERY_TASK_TIME_LIMIT + 30):
                log.warning("cron.overlaps", task=name)
                return None
            started = clock.monotonic()
            try:
                figures = function()
            finally:
                cache.delete(key)
            log.info("cron.done", task=name, seconds=round(clock.monotonic() - started, 3), **figures)
            return figures

        run.__doc__ = function.__doc__
        return shared_task(name=name)(run)

    return decorate
