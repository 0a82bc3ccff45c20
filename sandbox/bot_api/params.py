"""Arguments of a Bot API call, however they were sent, and reading them as Telegram does."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_request import FileField

from sandbox.errors import bad_request, too_large
from sandbox.files import Upload

_INT64 = 2**63
_LONGEST_NAME = 255
_UNKNOWN = "application/octet-stream"


class Params(dict[str, Any]):
    """Arguments by name; `files` are the uploads among them."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        super().__init__(given or {})
        self.files: dict[str, Upload] = {}


async def read_params(request: web.BaseRequest) -> Params:
    """Query string and body (urlencoded, multipart or JSON) as one mapping; the body wins."""
    params = Params(request.query if request.query_string else None)
    if not request.body_exists:
        return params
    kind = request.content_type
    if kind == "multipart/form-data":
        await _read_form(request, params)
        return params
    body = await _read_body(request)
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


async def _read_body(request: web.BaseRequest) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large() from error


async def _read_form(request: web.BaseRequest, params: Params) -> None:
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large() from error
    except UnicodeDecodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    # Each of these is a way in which a form can be broken.
    except (HttpProcessingError, ValueError, LookupError, RuntimeError, AssertionError) as error:
        raise bad_request("can't parse multipart form data") from error
    for name, value in form.items():
        if isinstance(value, FileField):
            with value.file as file:
                params.files[name] = _upload(value, file.read())
        elif isinstance(value, str):
            params[name] = value
        else:
            try:
                params[name] = bytes(value).decode()
            except UnicodeDecodeError as error:
                raise bad_request("strings must be encoded in UTF-8") from error


def _upload(field: FileField, content: bytes) -> Upload:
    name = PurePosixPath(field.filename.replace("\\", "/")).name[:_LONGEST_NAME] or "file"
    given = field.content_type.partition(";")[0].strip().lower()
    if given in {"", _UNKNOWN}:
        given = mimetypes.guess_type(name)[0] or _UNKNOWN
    return Upload(name, given, content)


def _json_body(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(value, dict):
        raise bad_request("can't parse JSON object: object expected")
    return value


def string(params: Mapping[str, Any], name: str) -> str:
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


def integer(params: Mapping[str, Any], name: str, default: int = 0) -> int:
    """The argument as a whole number; what is none counts as the default, as at Telegram."""
    value = params.get(name)
    if type(value) is int:
        return value if abs(value) < _INT64 else default
    try:
        number = int(str(value))
    except ValueError:
        return default
    return number if abs(number) < _INT64 else default


def boolean(params: Mapping[str, Any], name: str) -> bool:
    """The argument as a switch."""
    return str(params.get(name, "")).lower() in {"true", "yes", "1"}


def structure(params: Mapping[str, Any], name: str, complaint: str) -> Any:
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
