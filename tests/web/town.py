"""A Telegram for pages that ask it while somebody waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from bots.sandbox_control import SandboxControl
from sandbox.server import SandboxServer


@dataclass
class Town:
    """A Telegram on a thread of its own: the pages ask it and wait."""

    url: str

    def new_bot(self, name: str = "Vera", username: str = "") -> str:
        return SandboxControl(self.url).create(name=name, username=username or f"v{uuid4().hex[:12]}_bot")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        request = Request(
            f"{self.url}/control/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def open_town() -> Iterator[Town]:
    """A town of one's own, for as long as it is needed."""
    opened, over = Event(), Event()
    found: list[str] = []

    async def serve() -> None:
        async with SandboxServer(port=0, limits=False) as server:
            found.append(server.url)
            opened.set()
            while not over.is_set():
                await asyncio.sleep(0.02)

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert opened.wait(10)
    try:
        yield Town(found[0])
    finally:
        over.set()
        thread.join()
