"""What came back from the wire, and which kind of failure it is. Passes on no word of the server's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from core.clock import clock


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. The body is kept out of every repr: servers quote keys and people in it."""

    status: int
    body: bytes = field(repr=False)
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """No HTTP answer at all."""

    code: Literal["timeout", "unreachable", "too_long"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt gave no answer.

    `kind` says what to do: `unreachable` and `busy` are worth waiting for, `garbage` is worth asking once
    more, `misnamed` may still go well with another model, `refused` is final. `retry_after` is in seconds.
    """

    code: str
    kind: Literal["unreachable", "busy", "garbage", "misnamed", "refused"]
    status: int = 0
    retry_after: float | None = None

    @property
    def permanent(self) -> bool:
        """Whether only a person can change it."""
        return self.kind in {"misnamed", "refused"}

    @property
    def message(self) -> str:
        """For staff: our own words only."""
        return f"{self.code} (HTTP {self.status})" if self.status else self.code


# Error codes that servers give, and ours for them.
_BY_SERVER_CODE: dict[str, Failure] = {
    "insufficient_quota": Failure("quota_exhausted", "refused"),
    "billing_hard_limit_reached": Failure("quota_exhausted", "refused"),
    "context_length_exceeded": Failure("question_too_long", "refused"),
    "string_above_max_length": Failure("question_too_long", "refused"),
    "content_filter": Failure("content_refused", "refused"),
    "content_policy_violation": Failure("content_refused", "refused"),
    "model_not_found": Failure("model_unknown", "misnamed"),
    "invalid_api_key": Failure("key_refused", "refused"),
}
_BY_STATUS: dict[int, Failure] = {
    400: Failure("question_refused", "refused"),
    401: Failure("key_refused", "refused"),
    402: Failure("quota_exhausted", "refused"),
    403: Failure("access_denied", "refused"),
    404: Failure("address_wrong", "refused"),
    405: Failure("address_wrong", "refused"),
    408: Failure("timeout", "unreachable"),
    409: Failure("server_error", "busy"),
    413: Failure("question_too_long", "refused"),
    422: Failure("question_refused", "refused"),
    429: Failure("rate_limited", "busy"),
}


def failure_of(reply: Reply | Lost) -> Failure:
    """What kind of failure an answer that is not 200, or no answer, is."""
    if isinstance(reply, Lost):
        # An endless answer comes from a server that is there.
        return Failure(reply.code, "garbage" if reply.code == "too_long" else "unreachable")
    error = error_in(reply.body)
    known = _by_server_code(error) or _by_status(reply.status, has_error=error is not None)
    return Failure(known.code, known.kind, reply.status, seconds_to_wait(reply.retry_after))


def error_in(body: bytes) -> dict[str, Any] | None:
    """The error object of a Chat Completions server, in either of its two common shapes; None without one."""
    data = load_json(body)
    if not isinstance(data, dict):
        return None
    error = data.get("error")
    if isinstance(error, dict):
        return error
    if isinstance(error, str):
        return {"message": error}
    return data if data.get("object") == "error" else None


def load_json(body: bytes | str) -> object:
    """The JSON value, or None: also for JSON that is too deep, holds absurd numbers, or is not text."""
    text = body.decode("utf-8-sig", "replace") if isinstance(body, bytes) else body
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def seconds_to_wait(retry_after: str) -> float | None:
    """A Retry-After header, seconds or a date, as seconds from now; None if absent or senseless."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = _seconds_until(moment)
    return seconds if 0 <= seconds < float("inf") else None


def _seconds_until(moment: datetime) -> float:
    return max((moment - clock.now()).total_seconds(), 0.0)


def _by_server_code(error: dict[str, Any] | None) -> Failure | None:
    if error is None:
        return None
    for key in ("code", "type"):
        value = error.get(key)
        if isinstance(value, str) and value in _BY_SERVER_CODE:
            return _BY_SERVER_CODE[value]
    return None


def _by_status(status: int, *, has_error: bool) -> Failure:
    if status == 404 and has_error:
        # A server that knows the path and has something to say does not know the model.
        return Failure("model_unknown", "misnamed")
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Failure("server_error", "unreachable")
    # Redirects are not followed: the address is not the one of the server.
    return Failure("address_wrong" if 300 <= status < 400 else "question_refused", "refused")
