"""Every figure of the product that Prometheus may read. No label holds a chat or a person.

Processes with children share a folder (`core.metrics_folder`, before this module is imported); then each
writes files of its own there and `exposition` adds them up. Without a folder a process shows its own figures.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Thread
from wsgiref.simple_server import WSGIServer

import structlog
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

CONTENT_TYPE = CONTENT_TYPE_LATEST

log = structlog.get_logger(__name__)

_OURS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)
_MODEL = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0, 45.0, 60.0, 90.0)
_BATCH = (1, 2, 3, 5, 8, 13, 21, 34, 55, 100, 250)
_TASK = (0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 600.0)

updates_total = Counter("relove_updates", "Updates accepted into the inbox.", ["bot", "kind"])
turn_seconds = Histogram(
    "relove_turn_seconds",
    "From taking a turn in hand to its answer in the outbox, without the model.",
    ["bot"],
    buckets=_OURS,
)
model_seconds = Histogram(
    "relove_model_seconds", "Waiting for the model, retries included.", ["bot", "purpose"], buckets=_MODEL
)
model_outcomes_total = Counter(
    "relove_model_outcomes", "Questions to the model by outcome.", ["bot", "result"]
)
outbound_total = Counter("relove_outbound", "Messages handed to Telegram by outcome.", ["bot", "outcome"])
polls_total = Counter("relove_polls", "Calls of getUpdates by outcome.", ["bot", "outcome"])
worker_restarts_total = Counter(
    "relove_worker_restarts", "Worker processes that the supervisor started anew."
)
batch_size = Histogram(
    "relove_batch_size", "Rows that a hot statement took at once.", ["statement"], buckets=_BATCH
)
celery_task_seconds = Histogram(
    "relove_celery_task_seconds", "Background tasks by how they ended.", ["task", "state"], buckets=_TASK
)
cache_requests_total = Counter(
    "relove_cache_requests",
    "What the cache was asked for, and whether it had it or was away itself.",
    ["what", "result"],
)
cache_failures_total = Counter(
    "relove_cache_failures", "Calls of Redis by the cache that failed; after one it is left alone.", ["call"]
)

# A bot moves between processes: what was said last is true, whoever said it.
backlog_rows = Gauge(
    "relove_backlog_rows", "Inbound rows that wait for their answer.", ["bot"], multiprocess_mode="mostrecent"
)
backlog_age_seconds = Gauge(
    "relove_backlog_age_seconds",
    "Age of the oldest inbound row that waits.",
    ["bot"],
    multiprocess_mode="mostrecent",
)
last_successful_poll_timestamp = Gauge(
    "relove_last_successful_poll_timestamp",
    "When getUpdates last came back well, in seconds since 1970; the one proof that a bot hears.",
    ["bot"],
    multiprocess_mode="mostrecent",
)
bot_state = Gauge(
    "relove_bot_state",
    "1 for the state that a bot is in, 0 for those it was in.",
    ["bot", "state"],
    multiprocess_mode="mostrecent",
)


def show_bot_state(*, bot: str, state: str, states: Iterable[str]) -> None:
    """Set the gauge of one bot to one of all possible states."""
    for each in states:
        bot_state.labels(bot=bot, state=each).set(each == state)


def exposition(folder: str | None = None) -> bytes:
    """All figures as text: of every process that shares `folder` (by default this one's), or of itself."""
    return generate_latest(_registry(folder))


@dataclass(frozen=True, slots=True)
class MetricsServer:
    """A small web server on a thread of its own."""

    server: WSGIServer
    thread: Thread

    @property
    def port(self) -> int:
        return int(self.server.server_port)

    def stop(self) -> None:
        """Answer nobody from now on and give the port back."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=5)


def serve_metrics(port: int, *, folder: str | None = None) -> MetricsServer | None:
    """Show the figures on 127.0.0.1:`port` (0 picks a free one); None where the port is taken.

    Figures are worth less than what they measure: a port that is taken is logged and the process goes on.
    """
    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=_registry(folder))
    except OSError:
        log.warning("metrics.port_taken", port=port)
        return None
    return MetricsServer(server=server, thread=thread)


def forget_process(pid: int, *, folder: str | None = None) -> None:
    """Drop the live figures of a child that has ended; what it counted stays counted."""
    path = folder or _shared_folder()
    if path:
        mark_process_dead(pid, path)  # type: ignore[no-untyped-call]


def _registry(folder: str | None) -> CollectorRegistry:
    path = folder or _shared_folder()
    if not path:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path)  # type: ignore[no-untyped-call]
    return registry


def _shared_folder() -> str:
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
