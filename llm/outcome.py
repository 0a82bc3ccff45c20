"""What became of one call, told to whoever counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Result = Literal["ok", "retry", "failed", "breaker_open", "garbage"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt: `retry` and `garbage` may be followed by another one, `failed` is not.

    `code` is empty for `ok`, else that of the error; `latency_ms` is of this attempt alone.
    """

    purpose: str
    result: Result
    latency_ms: int
    model: str
    code: str = ""


OnOutcome = Callable[[Outcome], None]
