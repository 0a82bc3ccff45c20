"""`/control/faults`, `/control/limits`, `/control/stats`: trouble on order, the pace, what was counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aiohttp import web

from sandbox.cloud import Cloud
from sandbox.control.body import Fields, answered, optional_text, read_fields
from sandbox.errors import ControlError
from sandbox.faults import Fault

Names = dict[str, str]
_FAULT_FIELDS = {
    "token",
    "method",
    "error_code",
    "description",
    "retry_after",
    "delay_ms",
    "drop",
    "body",
    "times",
}
_LONGEST_DELAY = 600_000  # milliseconds


async def add_fault(cloud: Cloud, request: web.BaseRequest, _names: Names) -> web.Response:
    """POST /control/faults."""
    cloud.faults.add(_read_fault(await read_fields(request)))
    return answered({"faults": cloud.faults.listed()}, status=201)


async def list_faults(cloud: Cloud, _request: web.BaseRequest, _names: Names) -> web.Response:
    """GET /control/faults."""
    return answered({"faults": cloud.faults.listed()})


async def clear_faults(cloud: Cloud, _request: web.BaseRequest, _names: Names) -> web.Response:
    """DELETE /control/faults."""
    return answered({"cleared": cloud.faults.clear()})


async def set_limits(cloud: Cloud, request: web.BaseRequest, _names: Names) -> web.Response:
    """POST /control/limits."""
    enabled = (await read_fields(request)).get("enabled")
    if not isinstance(enabled, bool):
        raise ControlError("`enabled` must be true or false")
    cloud.limits = enabled
    return answered({"enabled": enabled})


async def stats(cloud: Cloud, _request: web.BaseRequest, _names: Names) -> web.Response:
    """GET /control/stats."""
    calls: Counter[str] = Counter()
    errors = Counter(cloud.strangers)
    bots = []
    for bot in cloud.bots.values():
        calls.update(bot.calls)
        errors.update(bot.errors)
        bots.append(
            {
                "token": bot.token,
                "id": bot.id,
                "name": bot.name,
                "username": bot.username,
                "state": bot.state(),
                "pending": len(bot.queue),
                "methods": dict(bot.calls),
                "errors": _by_method(bot.errors),
            }
        )
    return answered(
        {"bots": bots, "methods": dict(calls), "errors": _by_method(errors), "limits": cloud.limits}
    )


def _by_method(errors: Counter[tuple[str, int]]) -> dict[str, dict[str, int]]:
    result: dict[str, dict[str, int]] = {}
    for (method, code), count in errors.items():
        result.setdefault(method, {})[str(code)] = count
    return result


def _read_fault(fields: Fields) -> Fault:
    unknown = sorted(set(fields) - _FAULT_FIELDS)
    if unknown:
        raise ControlError(f"unknown fields: {', '.join(unknown)}; known: {', '.join(sorted(_FAULT_FIELDS))}")
    drop = optional_text(fields, "drop")
    if drop not in {None, "before", "after"}:
        raise ControlError('`drop` must be "before" or "after"')
    retry_after = _whole(fields, "retry_after", 1, 10**6)
    error_code = _whole(fields, "error_code", 400, 599) or (429 if retry_after else None)
    fault = Fault(
        token=optional_text(fields, "token"),
        method=optional_text(fields, "method"),
        error_code=error_code,
        description=optional_text(fields, "description"),
        retry_after=retry_after,
        delay_ms=_whole(fields, "delay_ms", 0, _LONGEST_DELAY) or 0,
        drop=drop,
        body=optional_text(fields, "body"),
        times=_whole(fields, "times", 1, 10**9) or 1,
    )
    if not (fault.error_code or fault.delay_ms or fault.drop or fault.body is not None):
        raise ControlError("a fault needs at least one of `error_code`, `delay_ms`, `drop`, `body`")
    return fault


def _whole(fields: Fields, name: str, least: int, most: int) -> int | None:
    value: Any = fields.get(name)
    if value is None:
        return None
    if type(value) is not int or not least <= value <= most:
        raise ControlError(f"`{name}` must be a whole number from {least} to {most}")
    return value
