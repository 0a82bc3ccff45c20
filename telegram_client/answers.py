"""What a Bot API server answered: the result, or the refusal as one exception, whoever wrote it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from telegram_client.errors import BadAnswer, Refused

_LONGEST_WAIT = 24 * 3600.0
_LONGEST = 300


def read_answer(body: bytes, *, method: str = "") -> object:
    """The `result` of an answer that says `ok: true`. Raises Refused for a no, BadAnswer for no answer."""
    try:
        answer = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        if answer.get("ok") is True and "result" in answer:
            return answer["result"]
        if answer.get("ok", True) is not True:
            raise refusal_in(answer, method=method)
    msg = f"the answer is none of a Bot API server ({len(body)} bytes)"
    raise BadAnswer(msg)


def refusal_in(answer: Mapping[str, object], *, method: str = "", http_status: int = 400) -> Refused:
    """What a Bot API answer without `ok: true` says. `http_status` counts where it has no error_code."""
    parameters = answer.get("parameters")
    if not isinstance(parameters, Mapping):
        parameters = {}
    code = answer.get("error_code")
    description = answer.get("description")
    return Refused(
        status=code if type(code) is int and 300 <= code <= 599 else http_status,
        description=description[:_LONGEST] if isinstance(description, str) else "refused without a reason",
        method=method,
        retry_after=_seconds(parameters.get("retry_after")),
        migrate_to=_chat_id(parameters.get("migrate_to_chat_id")),
    )


def refusal_by_status(body: bytes, *, status: int, method: str) -> Refused:
    """What an HTTP status other than success says. The body counts only where a Bot API server wrote it."""
    try:
        answer = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict) and ("description" in answer or "error_code" in answer):
        return refusal_in(answer, method=method, http_status=status)
    # A page of somebody else: it may quote the address, token and all, so none of it is kept.
    return Refused(status=status, description=f"HTTP status {status}", method=method, from_bot_api=False)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT) if math.isfinite(seconds) else None


def _chat_id(value: object) -> int | None:
    return value if type(value) is int and -(2**63) <= value < 2**63 else None
