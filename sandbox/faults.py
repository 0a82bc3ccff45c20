"""Trouble on order: the next matching calls fail, wait, or lose their connection."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sandbox.errors import ControlError

_PHRASES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_MOST_FAULTS = 1_000


@dataclass(slots=True)
class Fault:
    """One kind of trouble; `times` counts down to nothing, None in a filter matches everything."""

    token: str | None = None
    method: str | None = None
    error_code: int | None = None
    description: str | None = None
    retry_after: int | None = None
    delay_ms: int = 0
    drop: str | None = None
    body: str | None = None
    times: int = 1

    def matches(self, token: str, method: str) -> bool:
        """Is this the call that shall fail?"""
        if self.token is not None and self.token != token:
            return False
        return self.method is None or self.method.lower() == method.lower()

    def worded(self) -> str:
        """The description of the error, Telegram's own where none was given."""
        if self.description is not None:
            return self.description
        phrase = _PHRASES.get(self.error_code or 0, "Bad Request")
        return f"{phrase}: retry after {self.retry_after}" if self.retry_after is not None else phrase


class Faults:
    """The faults on order, first come first matched."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Order one more."""
        if len(self._waiting) >= _MOST_FAULTS:
            raise ControlError(f"there are {_MOST_FAULTS} faults already; DELETE /control/faults clears them")
        self._waiting.append(fault)

    def take(self, token: str, method: str) -> Fault | None:
        """The fault that this call meets, counted down once."""
        for fault in self._waiting:
            if fault.matches(token, method):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> int:
        """Forget all of them; the answer is how many there were."""
        count = len(self._waiting)
        self._waiting.clear()
        return count

    def listed(self) -> list[dict[str, Any]]:
        """What is still on order."""
        return [{key: value for key, value in asdict(fault).items() if value} for fault in self._waiting]
