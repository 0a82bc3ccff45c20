"""The sandbox as a server: starts, answers, saves its state, stops."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.bot_api import door
from sandbox.cloud import Cloud
from sandbox.control.body import answered
from sandbox.errors import ControlError
from sandbox.routes import find_route
from sandbox.state_file import StateFile, files_beside

# Telegram takes 50 MB; the control API takes lists of many updates.
_LARGEST_BODY = 64 * 2**20
_FILE_PATH = re.compile(r"/file/bot([^/]+)/(.+)$")
_BOT_PATH = re.compile(r"/bot([^/]+)/([^/]+)/?$")
_GRACE = 1.0  # seconds for answers on their way when the server stops


class SandboxServer:
    """`async with SandboxServer(port=0) as server: server.url`; port 0 takes a free one."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, limits: bool = True, state: Path | None = None
    ) -> None:
        self.cloud = Cloud(limits=limits, folder=files_beside(state) if state else None)
        self._host = host
        self._port = port
        self._state = StateFile(state, self.cloud) if state else None
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        host = "127.0.0.1" if self._host in {"0.0.0.0", "::", ""} else self._host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self._port}"

    async def start(self) -> None:
        """Load the state and listen.

        Raises OSError when the port is taken, ControlError when the state cannot be read.
        """
        if self._state:
            self._state.load()
        server = web.Server(
            self._handle,
            request_factory=_make_request,
            handler_cancellation=True,
            access_log=None,  # each line of it would hold a token
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=_GRACE)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port, backlog=1024)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        if self._state:
            self._state.start()

    async def stop(self) -> None:
        """Let everyone go, save, close."""
        self.cloud.close()
        if self._runner:
            await self._runner.cleanup()
        if self._state:
            await self._state.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        called = _BOT_PATH.match(request.path)
        if called:
            return await door.answer(self.cloud, request, called.group(1), called.group(2))
        wanted = _FILE_PATH.match(request.path)
        if wanted:
            return await door.hand_out(self.cloud, request, wanted.group(1), wanted.group(2))
        try:
            self._require_same_origin(request)
            handler, names = find_route(request.method, request.path)
            return await handler(self.cloud, request, names)
        except ControlError as error:
            return answered({"error": error.message}, status=error.status)

    def _require_same_origin(self, request: web.BaseRequest) -> None:
        """Any page in a browser can reach loopback; only the sandbox's own may use it."""
        host = urlsplit(f"//{request.host}").hostname or ""
        if _is_local(self._host) and not _is_local(host):
            raise ControlError("this sandbox answers only to local names", status=403)
        origin = request.headers.get("Origin")
        caller = host if origin is None else urlsplit(origin).hostname or ""
        if caller != host and not _is_local(caller):
            raise ControlError("pages from elsewhere may not use this sandbox", status=403)


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _make_request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=_LARGEST_BODY)
