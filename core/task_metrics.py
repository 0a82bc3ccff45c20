"""How long background tasks take and how they end, from Celery's own signals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from celery.signals import task_failure, task_postrun, task_prerun, worker_process_shutdown, worker_ready

from core.clock import clock
from core.metrics import celery_task_seconds, forget_process, serve_metrics

_started: dict[str, float] = {}


def watch_tasks(*, port: int) -> None:
    """Measure every task of this worker, and show the figures of all its processes on 127.0.0.1:`port`."""

    def serve(**kwargs: Any) -> None:  # noqa: ARG001
        serve_metrics(port)

    worker_ready.connect(serve, weak=False, dispatch_uid="metrics.serve")
    worker_process_shutdown.connect(_forget, dispatch_uid="metrics.forget")
    task_prerun.connect(_start, dispatch_uid="metrics.start")
    task_postrun.connect(_finish, dispatch_uid="metrics.finish")


def watch_failures(tell: Callable[[str, BaseException], None]) -> None:
    """Call `tell` with the name of each task that ends in an error, and with the error."""

    def fail(sender: Any = None, exception: BaseException | None = None, **kwargs: Any) -> None:  # noqa: ARG001
        if exception is not None:
            tell(getattr(sender, "name", None) or "?", exception)

    task_failure.connect(fail, weak=False, dispatch_uid="failures.tell")


def watch_runs(
    begin: Callable[[str, str], None],
    end: Callable[[str, Mapping[str, object], float, BaseException | None], None],
) -> None:
    """Call `begin` with the id and name of each task that starts, and `end` with its id, figures, seconds and error."""
    begun: dict[str, float] = {}

    def start(task_id: str, task: Any, **kwargs: Any) -> None:  # noqa: ARG001
        begun[task_id] = clock.monotonic()
        begin(task_id, task.name)

    def finish(task_id: str, retval: object = None, **kwargs: Any) -> None:  # noqa: ARG001
        began = begun.pop(task_id, None)
        if began is not None:
            figures = retval if isinstance(retval, Mapping) else {}
            error = retval if isinstance(retval, BaseException) else None
            end(task_id, figures, clock.monotonic() - began, error)

    task_prerun.connect(start, weak=False, dispatch_uid="runs.begin")
    task_postrun.connect(finish, weak=False, dispatch_uid="runs.end")


def _start(task_id: str, **kwargs: Any) -> None:  # noqa: ARG001
    _started[task_id] = clock.monotonic()


def _finish(task_id: str, task: Any, state: str | None = None, **kwargs: Any) -> None:  # noqa: ARG001
    began = _started.pop(task_id, None)
    if began is not None:
        seconds = clock.monotonic() - began
        celery_task_seconds.labels(task=task.name, state=(state or "unknown").lower()).observe(seconds)


def _forget(pid: int, **kwargs: Any) -> None:  # noqa: ARG001
    forget_process(pid)
