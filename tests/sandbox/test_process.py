"""`python -m sandbox`, as bin/up and the benches start it."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.processes


async def started(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_it_says_where_it_is_serves_and_ends_cleanly_with_a_poll_open(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    process = await started("--port", "0", "--limits", "off", "--state", str(state))
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    url = line.removeprefix("sandbox: chat page at ").removesuffix("/sandbox/\n")
    async with aiohttp.ClientSession(url) as session:
        async with session.get("/healthz") as response:
            assert response.status == 200
        async with session.post("/control/bots", json={"name": "Han"}) as response:
            token = (await response.json())["token"]
        async with session.get("/control/stats") as response:
            assert (await response.json())["limits"] is False
        poll = asyncio.create_task(session.post(f"/bot{token}/getUpdates", json={"timeout": 50}).__aenter__())
        live = await session.get("/control/live")
        assert await live.content.readline() == b"retry: 1000\n"
        methods: dict[str, int] = {}
        while "getUpdates" not in methods:
            async with session.get("/control/stats") as response:
                methods = (await response.json())["methods"]
        process.send_signal(signal.SIGTERM)
        assert await (await poll).json() == {"ok": True, "result": []}
        assert await process.wait() == 0
        live.close()
    assert json.loads(state.read_text())["bots"][0]["token"] == token


async def test_a_taken_port_is_told_with_its_cure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await started("--port", str(port))
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode() == (
        f"sandbox: cannot listen on 127.0.0.1:{port}: Address already in use; try another --port\n"
    )


async def test_a_broken_state_is_told_with_its_cure(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{")
    process = await started("--port", "0", "--state", str(state))
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode() == f"sandbox: {state} is no state of a sandbox; move it away to begin anew\n"
