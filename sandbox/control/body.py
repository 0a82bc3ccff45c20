"""Reading what is asked of the control API; what is wrong is said in clear words."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from sandbox.encoding import to_json
from sandbox.errors import ControlError

Fields = dict[str, Any]
_LARGEST_ID = 2**52


async def read_json(request: web.BaseRequest) -> Any:
    """The body as JSON whatever its content type; an empty body is an empty object."""
    body = await request.read()
    if not body.strip():
        return {}
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ControlError(f"the body is no JSON: {error}") from error


async def read_fields(request: web.BaseRequest) -> Fields:
    """The body as a JSON object."""
    value = await read_json(request)
    if not isinstance(value, dict):
        raise ControlError("the body must be a JSON object")
    return value


def text(fields: Fields, name: str) -> str:
    """A field that must be there and be a string."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise ControlError(f"`{name}` must be given, as a string")
    return _utf8(name, value)


def optional_text(fields: Fields, name: str) -> str | None:
    """A string, or None when it is missing."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ControlError(f"`{name}` must be a string")
    return _utf8(name, value)


def number(fields: Fields, name: str) -> int:
    """A field that must be there and be a whole number other than 0."""
    value = optional_number(fields, name)
    if value is None:
        raise ControlError(f"`{name}` must be given, as a whole number")
    return value


def optional_number(fields: Fields, name: str) -> int | None:
    """A whole number other than 0, or None when it is missing."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        value = int(value)
    if type(value) is not int or not 0 < abs(value) < _LARGEST_ID:
        raise ControlError(f"`{name}` must be a whole number other than 0, of at most 52 bits")
    return value


def answered(value: Any, *, status: int = 200) -> web.Response:
    """A JSON response."""
    return web.Response(body=to_json(value), status=status, content_type="application/json")


def _utf8(name: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ControlError(f"`{name}` has half a surrogate pair; POST …/updates takes such things") from error
    return value
