"""`/control/bots/<token>/files`: the bytes behind a `file_id`, for the chat page and for tests."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from sandbox.cloud import Cloud
from sandbox.errors import ControlError

Names = dict[str, str]
# What a bot or a person sent is shown as a picture or a sound, or saved; it never becomes a page.
_SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
_FOR_GOOD = "private, max-age=31536000, immutable"  # a file_id never means other bytes
_SHOWN = ("image/png", "image/jpeg", "image/webp")


async def file(cloud: Cloud, _request: web.BaseRequest, names: Names) -> web.Response:
    """GET …/files/<file_id>: a picture, a voice or a video to show, anything else to save."""
    found = cloud.files.find(cloud.known(names["token"]).id, names["file_id"])
    content = cloud.files.content(found.digest) if found else None
    if found is None or content is None:
        raise ControlError("this bot has no such file, or has it no longer", status=404)
    is_played = (found.kind, found.mime_type.partition("/")[0]) in {("voice", "audio"), ("video", "video")}
    if is_played or (found.kind != "document" and found.mime_type in _SHOWN):
        return shown(content, found.mime_type)
    saved = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    return web.Response(
        body=content,
        content_type="application/octet-stream",
        headers={**_SAFE, "Cache-Control": _FOR_GOOD, "Content-Disposition": saved},
    )


def shown(content: bytes, mime_type: str) -> web.Response:
    """A picture, a sound or a video as a browser shows it."""
    headers = {**_SAFE, "Cache-Control": _FOR_GOOD}
    return web.Response(body=content, content_type=mime_type, headers=headers)
