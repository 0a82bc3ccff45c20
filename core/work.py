"""Asking for background work from a process that is no Celery worker."""

from __future__ import annotations

from functools import cache

import structlog
from celery import Celery
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

# Nobody waits longer for a broker that does not answer.
_PATIENCE = 1.0


def ask_for_task(name: str, *arguments: object) -> None:
    """Have a task done soon after the current transaction has committed.

    Not a promise: a broker that is away is logged. What must happen is found by a periodic task, too.
    """

    def send() -> None:
        try:
            _client().send_task(name, arguments, retry=False, ignore_result=True)
        except (OperationalError, OSError):
            log.warning("work.broker_unreachable", task=name)

    transaction.on_commit(send)


@cache
def _client() -> Celery:
    client = Celery("relove-asking", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    client.conf.broker_transport_options = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "socket_connect_timeout": _PATIENCE,
        "socket_timeout": _PATIENCE,
        "max_retries": 0,
    }
    client.conf.broker_connection_timeout = _PATIENCE
    return client
