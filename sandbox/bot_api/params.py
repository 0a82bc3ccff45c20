"""Arguments of a Bot API call, however they were sent, and reading them as Telegram does."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.errors import bad_request

Params = dict[str, Any]
_INT64 = 2**63


async def read_params(request: web.BaseRequest) -> Params:
    """Query string and body (urlencoded, multipart or JSON) as one mapping; the body wins."""
    params: Params = dict(request.query) if request.query_string else {}
    if not request.body_exists:
        return params
    kind = request.content_type
    if kind == "multipart/form-data":
        form = await request.post()
        params.update((key, value) for key, value in form.items() if not isinstance(value, FileField))
        return params
    body = await request.read()
    if not body:
        return params
    if kind == "application/json":
        params.update(_json_body(body))
    elif kind == "application/x-www-form-urlencoded":
        try:
            params.update(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
        except UnicodeDecodeError as error:
            raise bad_request("strings must be encoded in UTF-8") from error
    return params


def _json_body(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(value, dict):
        raise bad_request("can't parse JSON object: object expected")
    return value


def string(params: Params, name: str) -> str:
    """The argument as text, "" when it is missing."""
    value = params.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        if not value.isascii():
            require_utf8(value)
        return value
    return json.dumps(value)


def require_utf8(value: str) -> None:
    """Raises what Telegram answers to halves of surrogate pairs."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


def integer(params: Params, name: str, default: int = 0) -> int:
    """The argument as a whole number; what is none counts as the default, as at Telegram."""
    value = params.get(name)
    if type(value) is int:
        return value if abs(value) < _INT64 else default
    try:
        number = int(str(value))
    except ValueError:
        return default
    return number if abs(number) < _INT64 else default


def boolean(params: Params, name: str) -> bool:
    """The argument as a switch."""
    return str(params.get(name, "")).lower() in {"true", "yes", "1"}


def structure(params: Params, name: str, complaint: str) -> Any:
    """An argument that is JSON, or JSON inside a string; None when missing. `complaint` when broken."""
    value = params.get(name)
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise bad_request(complaint) from error
