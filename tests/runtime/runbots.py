"""`manage.py runbots` as a real process, with its workers, against the database of the test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from bots.models import Bot
from tests.cast import on_database
from tests.fixtures.telegram import Sandbox

CHECKOUT = Path(__file__).parents[2]
# Processes start slowly where tests run side by side.
PATIENCE = 60.0


@dataclass
class Runbots:
    """A supervisor at work."""

    process: asyncio.subprocess.Process
    log_file: Path

    def log(self) -> str:
        """All that the supervisor and its workers have written."""
        return self.log_file.read_text(encoding="utf-8")

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines of the log with this event."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def worker_of(self, bot: Bot) -> int:
        """The process that serves a bot of its own process, or the pack."""
        own = f"bot-{bot.id}" if bot.has_own_process else "pack-1"
        started = [line["pid"] for line in self.events("worker.started") if line["worker"] == own]
        return int(started[-1])

    async def ends(self) -> int:
        """SIGTERM, and the exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


def environment(home: Path, **settings: object) -> dict[str, str]:
    return {
        **os.environ,
        "RELOVE_HOME": str(home),
        "RUNBOTS_METRICS_PORT": "0",
        "LOG_FORMAT": "json",
        "POLL_TIMEOUT": "2",
        "DRAIN_SECONDS": "5",
        **{name: str(value) for name, value in settings.items()},
    }


@asynccontextmanager
async def running(home: Path, *arguments: str, **settings: object) -> AsyncIterator[Runbots]:
    """Started as an operator does; at the end it is told to leave, and killed with its workers if it does not."""
    log_file = home / "runbots.log"
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(CHECKOUT / "manage.py"),
            "runbots",
            *arguments,
            cwd=CHECKOUT,
            env=environment(home, **settings),
            stdout=log,
            stderr=log,
        )
    runbots = Runbots(process, log_file)
    try:
        yield runbots
    finally:
        if process.returncode is None:
            try:
                await runbots.ends()
            except TimeoutError:
                for line in runbots.events("worker.started"):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(line["pid"], signal.SIGKILL)
                process.kill()
                await process.wait()


async def told(home: Path, *arguments: str, **settings: object) -> tuple[int, str, str]:
    """What `runbots` answers at once: exit code, output, complaints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CHECKOUT / "manage.py"),
        "runbots",
        *arguments,
        cwd=CHECKOUT,
        env=environment(home, **settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def only_bots_of(sandbox: Sandbox) -> None:
    """Bots that earlier tests left running are wanted no more."""
    await on_database(Bot.objects.exclude(api_url=sandbox.url).update, wanted_state="stopped")


@dataclass
class ModelStub:
    """A Chat Completions server that counts how often it was asked."""

    url: str
    asked: int = 0


@asynccontextmanager
async def open_model(answer: Callable[[web.Request], Any]) -> AsyncIterator[ModelStub]:
    """A model that answers as the test says, or does not."""

    async def handle(request: web.Request) -> web.StreamResponse:
        stub.asked += 1
        response: web.StreamResponse = await answer(request)
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", handle)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stub = ModelStub(f"http://127.0.0.1:{runner.addresses[0][1]}/v1")
    try:
        yield stub
    finally:
        await runner.cleanup()
