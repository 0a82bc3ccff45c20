"""`/control/live`: what happens, as server-sent events, for the chat page."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from sandbox.cloud import Cloud

_HEARTBEAT = 15.0  # seconds


async def live(cloud: Cloud, request: web.BaseRequest, _names: dict[str, str]) -> web.StreamResponse:
    """GET /control/live."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    # A page that was closed while something was written to it is no error.
    with cloud.feed.listening() as events, contextlib.suppress(ConnectionError):
        await response.prepare(request)
        await response.write(b"retry: 1000\n\n: here\n\n")
        await _tell(response, events)
    return response


async def _tell(response: web.StreamResponse, events: asyncio.Queue[bytes | None]) -> None:
    while True:
        try:
            event = await asyncio.wait_for(events.get(), _HEARTBEAT)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if event is None:
            return
        await response.write(b"data: " + event + b"\n\n")
