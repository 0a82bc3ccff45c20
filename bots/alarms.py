"""Failures that nobody foresaw, told to staff from wherever they surface; telling never fails itself.

The transaction in which something failed is about to be undone, and its connection may be of no use: the alert is
written on a thread of its own, which has a connection of its own.
"""

from __future__ import annotations

import sys
from pathlib import PurePath
from threading import BoundedSemaphore, Thread
from traceback import StackSummary, walk_tb
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connections
from django.http import HttpRequest

from bots.models import AlertKind
from bots.services.raise_alert import raise_alert
from core.errors import AppError
from core.outage import is_outage

log = structlog.get_logger(__name__)

# Whoever waits for an answer does not wait longer for this.
PATIENCE_SECONDS = 3.0
# A storm of failures must not take every connection that there is.
_telling = BoundedSemaphore(4)


def watch_requests() -> None:
    """Tell staff of every exception that a view did not handle."""
    got_request_exception.connect(_request_failed, dispatch_uid="alarms.request_failed")


def _request_failed(request: HttpRequest | None = None, **kwargs: Any) -> None:  # noqa: ARG001
    error = sys.exc_info()[1]
    if error is not None:
        match = getattr(request, "resolver_match", None)
        # The name of the view, never the address, which may hold anything.
        view = match.view_name or match._func_path if match else "?"
        tell_failure(kind=AlertKind.ERROR, subject=f"{type(error).__name__} in {view}", error=error)


def task_failed(*, task: str, error: BaseException) -> None:
    """Tell staff that a background task ended in an error."""
    tell_failure(kind=AlertKind.TASK_FAILED, subject=task, error=error)


def tell_failure(*, kind: str, subject: str, error: BaseException) -> None:
    """Raise an alert about this error; where that is not possible now, say so in the log and go on."""
    if is_outage(error):
        # The database is what failed: there is nowhere to write to.
        log.warning("alert.database_unavailable", kind=kind, subject=subject)
        return
    if not _telling.acquire(timeout=PATIENCE_SECONDS):
        log.warning("alert.too_many", kind=kind, subject=subject)
        return
    try:
        thread = Thread(target=_tell, args=(kind, subject, described(error)), name="alert", daemon=True)
        thread.start()
    except RuntimeError:
        # No thread is to be had, or the process is ending.
        _telling.release()
        log.warning("alert.not_raised", kind=kind, subject=subject, exc_info=True)
        return
    thread.join(PATIENCE_SECONDS)


def _tell(kind: str, subject: str, detail: str) -> None:
    try:
        raise_alert(kind=kind, subject=subject, detail=detail)
    except Exception:  # what failed is in the log already; that staff cannot be told ends nothing
        log.warning("alert.not_raised", kind=kind, subject=subject, exc_info=True)
    finally:
        connections.close_all()
        _telling.release()


def described(error: BaseException) -> str:
    """Of which kind it is and where it happened; what it says only where the words are ours."""
    said = f": {error.message or error.code}" if isinstance(error, AppError) else ""
    where = _where(error)
    return f"{type(error).__name__}{said}" + (f" at {where}" if where else "")


def _where(error: BaseException) -> str:
    """The innermost place in code of ours."""
    frames = StackSummary.extract(walk_tb(error.__traceback__), lookup_lines=False)
    for frame in reversed(frames):
        path = PurePath(frame.filename)
        if path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts:
            return f"{path.relative_to(settings.BASE_DIR)}:{frame.lineno} {frame.name}"
    return ""
