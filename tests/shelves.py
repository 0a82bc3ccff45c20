"""The cache as tests see it: servers of their own, what lies there, and what was counted."""

from __future__ import annotations

import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import REGISTRY
from redis import Redis

from bin.kit import valkey
from bin.kit.network import free_port

# Nobody listens there.
NO_REDIS = "redis://127.0.0.1:1/0"


def patient(url: str) -> str:
    """The same server, waited for longer than in earnest: this machine may stand still for a while."""
    return f"{url}?socket_timeout=20&socket_connect_timeout=20"


def lies_in(url: str, key: str) -> dict[str, bytes]:
    """The fields of a hash as they are stored."""
    with Redis.from_url(url) as redis:
        return {field.decode(): value for field, value in redis.hgetall(key).items()}


def asked(what: str, result: str) -> float:
    """How often the cache was asked for this, with that result."""
    return REGISTRY.get_sample_value("relove_cache_requests_total", {"what": what, "result": result}) or 0.0


def failed(call: str) -> float:
    """How often a call of Redis failed."""
    return REGISTRY.get_sample_value("relove_cache_failures_total", {"call": call}) or 0.0


class OwnValkey:
    """A server that may die, hang and come back, empty, at the same address."""

    def __init__(self, folder: Path) -> None:
        self._server = valkey.prepare(
            folder, port=free_port(), password=secrets.token_urlsafe(12), volatile=True
        )
        self.url = self._server.url
        self._child: subprocess.Popen[bytes] | None = None

    def starts(self) -> None:
        program = self._server.program
        self._child = subprocess.Popen(
            program.argv, env=program.env, cwd=program.cwd, stdout=subprocess.DEVNULL, start_new_session=True
        )
        valkey.await_server(self._server)

    def dies(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def hangs(self) -> None:
        assert self._child is not None
        self._child.send_signal(signal.SIGSTOP)


@contextmanager
def own_valkey(folder: Path) -> Iterator[OwnValkey]:
    """A running server of the test's own; ended with the block."""
    server = OwnValkey(folder)
    try:
        server.starts()
        yield server
    finally:
        server.dies()
