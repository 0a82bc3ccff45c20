"""One worker process as the supervisor sees it: started, ordered, watched, ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Sequence

import structlog
from django.conf import settings

from core.clock import clock
from runtime.contracts import Order

log = structlog.get_logger(__name__)

# Without a sign of life for so long, a worker hangs.
SILENCE_SECONDS = 30.0


class WorkerProcess:
    """A child that runs some bots; its output is its pulse, its input its orders."""

    def __init__(self, name: str, holder: str) -> None:
        self.name = name
        self.holder = holder
        self._process: asyncio.subprocess.Process | None = None
        self._sent = ""
        self._heard_at = clock.monotonic()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the child; its errors and logs go where ours go."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            "runbots_worker",
            self.holder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "DATABASE_ROLE": "runtime"},
            # Ctrl-C in a terminal reaches the supervisor alone, which then ends its children in order.
            start_new_session=True,
        )
        self._heard_at = clock.monotonic()
        log.info("worker.started", worker=self.name, pid=self._process.pid)

    async def wait(self) -> int:
        """Read the child's pulse until it ends, kill it when it hangs; its exit code."""
        process = self._running()
        assert process.stdout is not None  # noqa: S101 - it was started with a pipe
        while True:
            try:
                line = await asyncio.wait_for(process.stdout.readline(), SILENCE_SECONDS)
            except TimeoutError:
                log.error("worker.hangs", worker=self.name, pid=process.pid)
                process.kill()
                return await process.wait()
            if not line:
                return await process.wait()
            self._heard_at = clock.monotonic()

    async def order(self, orders: Sequence[Order]) -> None:
        """Tell the child its whole list, if it is not what it was told before."""
        process = self._process
        line = json.dumps([each.as_json() for each in orders]) + "\n"
        if process is None or process.returncode is not None or line == self._sent:
            return
        assert process.stdin is not None  # noqa: S101 - it was started with a pipe
        with contextlib.suppress(ConnectionError):
            process.stdin.write(line.encode())
            await process.stdin.drain()
            self._sent = line

    def terminate(self) -> None:
        """Ask the child to finish and leave."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()

    def kill(self) -> None:
        """End the child at once."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None, "start it first"  # noqa: S101
        return self._process
