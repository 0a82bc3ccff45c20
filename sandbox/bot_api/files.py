"""getFile, and the download that it leads to."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from sandbox.accounts import BotAccount
from sandbox.bot_api.params import Params, string
from sandbox.cloud import Cloud
from sandbox.errors import BotApiError, bad_request

_LARGEST_DOWNLOAD = 20 * 2**20  # bytes
_FILE_ID = re.compile(r"[A-Za-z0-9_-]{20,}$")
# Nobody shall open what people sent as a page of this address.
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}


def get_file(cloud: Cloud, bot: BotAccount, params: Params) -> dict[str, Any]:
    """getFile."""
    file_id = string(params, "file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = cloud.files.find(bot.id, file_id)
    if file is None:
        is_possible = _FILE_ID.match(file_id)
        raise bad_request(
            "wrong file_id or the file is temporarily unavailable" if is_possible else "invalid file_id"
        )
    if file.size > _LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return file.as_file()


def download(cloud: Cloud, bot: BotAccount, params: Params) -> web.Response:
    """GET /file/bot<token>/<file_path>."""
    file = cloud.files.at(bot.id, string(params, "file_path"))
    content = cloud.files.content(file.digest) if file and file.size <= _LARGEST_DOWNLOAD else None
    if content is None:
        raise BotApiError(404, "Not Found")
    return web.Response(body=content, content_type="application/octet-stream", headers=_HEADERS)
