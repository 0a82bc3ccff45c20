"""A container is asked in the way that fits the process in it."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from bin.kit.health import kind_of
from bin.kit.layout import KIT
from bin.kit.network import free_port


@contextmanager
def answering(status: int) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """A server that gives this answer to all, and keeps what it was asked."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, asked
        server.shutdown()
        thread.join()


def health(*arguments: str, **env: str) -> int:
    return subprocess.run([sys.executable, KIT / "health.py", *arguments], env=env, check=False).returncode


@pytest.mark.parametrize(
    ("command_line", "kind"),
    [
        ("/opt/venv/bin/python\0/opt/venv/bin/uvicorn\0config.asgi:application\0--port\08000\0", "web"),
        ("python\0manage.py\0runbots\0", "runbots"),
        ("/sbin/docker-init\0--\0python\0manage.py\0runbots\0--bots\0natasha\0", "runbots"),
        ("/opt/venv/bin/python\0/opt/venv/bin/celery\0-A\0config\0worker\0--concurrency\02\0", "worker"),
        ("/opt/venv/bin/python\0/opt/venv/bin/celery\0-A\0config\0beat\0", "beat"),
        ("sh\0", "web"),
    ],
)
def test_it_sees_which_process_runs_here(command_line: str, kind: str) -> None:
    assert kind_of(command_line) == kind


def test_the_web_is_asked_by_a_name_that_it_serves() -> None:
    with answering(200) as (port, asked):
        assert health("web", PORT=str(port), ALLOWED_HOSTS=".relove.example,other", METRICS_TOKEN="word") == 0
    assert {name: asked[0][name] for name in ("path", "host", "x-forwarded-proto", "authorization")} == {
        "path": "/readyz",
        "host": "relove.example",
        "x-forwarded-proto": "https",
        "authorization": "Bearer word",
    }


@pytest.mark.parametrize(
    ("kind", "variable"),
    [("web", "PORT"), ("runbots", "RUNBOTS_METRICS_PORT"), ("worker", "CELERY_METRICS_PORT")],
)
def test_it_is_well_only_when_the_process_says_so(kind: str, variable: str) -> None:
    with answering(200) as (port, _asked):
        assert health(kind, **{variable: str(port)}) == 0
    with answering(503) as (port, _asked):
        assert health(kind, **{variable: str(port)}) == 1
    assert health(kind, **{variable: str(free_port())}) == 1


def test_beat_is_as_well_as_its_broker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as broker:
        assert health("beat", REDIS_URL=f"redis://:word@127.0.0.1:{broker.getsockname()[1]}/0") == 0
    assert health("beat", REDIS_URL=f"redis://127.0.0.1:{free_port()}") == 1
