"""A Bot API server of somebody else: it knows nine methods and has its own way of knowing no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

KNOWN = frozenset(
    {
        "getMe",
        "getUpdates",
        "sendMessage",
        "editMessageText",
        "editMessageReplyMarkup",
        "deleteMessage",
        "answerCallbackQuery",
        "setWebhook",
        "deleteWebhook",
    }
)

Refusal = Callable[[], web.Response]


def not_found_as_json() -> web.Response:
    return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)


def not_found_as_a_page() -> web.Response:
    return web.Response(text="<h1>404</h1>", content_type="text/html", status=404)


def fallen_over() -> web.Response:
    return web.Response(text="Traceback (most recent call last):", status=500)


@dataclass
class ForeignServer:
    """Its chats are those of a sandbox behind it; what it was asked and refused is counted."""

    url: str = ""
    refused: Counter[str] = field(default_factory=Counter)
    # Rewrites the bytes of a getUpdates answer.
    garble: Callable[[bytes], bytes] | None = None


@asynccontextmanager
async def open_foreign_server(sandbox_url: str, *, refusal: Refusal) -> AsyncIterator[ForeignServer]:
    """A server in the loop of the test."""
    server = ForeignServer()

    async def handle(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method not in KNOWN:
            server.refused[method] += 1
            return refusal()
        async with http.post(f"{sandbox_url}{request.path}", data=dict(await request.post())) as answer:
            body = await answer.read()
            if method == "getUpdates" and server.garble is not None:
                body = server.garble(body)
            return web.Response(body=body, status=answer.status, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{token}/{method}", handle)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    async with aiohttp.ClientSession() as http:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield server
        finally:
            await runner.cleanup()
