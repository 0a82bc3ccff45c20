"""Nobody who starts everything is kept waiting for a bot that a person has to look after."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bin.kit.readiness import await_bots


@contextmanager
def health(*reports: tuple[int, object]) -> Iterator[tuple[str, list[str]]]:
    """A page that answers with these, one after another, the last one again and again; and who asked it."""
    left, asked = list(reports), []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, report = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(report).encode())

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


def bots(*states: str) -> dict[str, object]:
    return {"bots": [{"state": state, "ok": state == "running"} for state in states]}


def test_bots_that_come_are_waited_for() -> None:
    with health((503, bots("starting", "token_revoked")), (200, bots("running"))) as (url, asked):
        assert await_bots(url, token="") is True
    assert len(asked) == 2


@pytest.mark.parametrize("state", ["token_revoked", "crashed"])
def test_a_bot_that_needs_a_person_is_not_waited_for(state: str) -> None:
    with health((503, bots("running", state))) as (url, asked):
        assert await_bots(url, token="") is False
    assert len(asked) == 1


@pytest.mark.parametrize("report", [[], {}, {"bots": [5]}, {"bots": []}])
def test_a_report_that_says_nothing_is_asked_for_again(report: object) -> None:
    with health((503, report), (200, bots())) as (url, asked):
        assert await_bots(url, token="") is True
    assert len(asked) == 2
