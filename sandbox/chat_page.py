"""The chat page: a few files of its own, served as they are."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from sandbox.cloud import Cloud
from sandbox.errors import ControlError

_FOLDER = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Nothing from elsewhere, nothing inline: a message can never become a script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def page(_cloud: Cloud, _request: web.BaseRequest, names: dict[str, str]) -> web.Response:
    """GET / and /sandbox/, and the files beside it."""
    name = names.get("file") or "index.html"
    kind = _TYPES.get(Path(name).suffix)
    file = _FOLDER / Path(name).name
    if kind is None or not file.is_file():
        raise ControlError("there is no such file", status=404)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8", headers=headers)


async def redirect(_cloud: Cloud, _request: web.BaseRequest, _names: dict[str, str]) -> web.Response:
    """GET /sandbox: its files lie one level deeper."""
    return web.Response(status=308, headers={"Location": "/sandbox/"})
