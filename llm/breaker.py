"""A circuit breaker: an endpoint that keeps failing is left alone for a while. Pure; knows no network."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.clock import clock


class Breaker:
    """Closed until `threshold` failures in a row; then open for `cool_down` seconds; then one probe decides.

    A failure is an endpoint that did not answer as a server should. One that answers "not you" or "not now"
    is reachable: that is a success here.
    """

    def __init__(self, *, threshold: int = 5, cool_down: float = 30.0) -> None:
        self._threshold = threshold
        self._cool_down = cool_down
        self._failures = 0
        self._failing_since: datetime | None = None
        self._opened_at: float | None = None
        self._probe_at: float | None = None

    @property
    def state(self) -> Literal["closed", "open", "half_open"]:
        """Half-open when the time of rest is over and nothing has been heard since."""
        if self._opened_at is None:
            return "closed"
        return "open" if clock.monotonic() - self._opened_at < self._cool_down else "half_open"

    @property
    def unreachable_since(self) -> datetime | None:
        """When the failures in a row began, once they opened the circuit; None while it is closed."""
        return None if self._opened_at is None else self._failing_since

    def allows(self) -> bool:
        """Whether a call may be made now. While half-open the answer is yes to one caller at a time.

        Whoever was told yes must report `succeeded`, `failed` or `released`.
        """
        state = self.state
        if state != "half_open":
            return state == "closed"
        now = clock.monotonic()
        # A probe that never reported must not keep the circuit open for good.
        if self._probe_at is not None and now - self._probe_at < self._cool_down:
            return False
        self._probe_at = now
        return True

    def succeeded(self) -> None:
        """The endpoint answered."""
        self._failures = 0
        self._failing_since = self._opened_at = self._probe_at = None

    def failed(self) -> None:
        """The endpoint did not answer as a server should."""
        self._failures += 1
        self._failing_since = self._failing_since or clock.now()
        self._probe_at = None
        if self._failures >= self._threshold:
            self._opened_at = clock.monotonic()

    def released(self) -> None:
        """The call was given up before anything was learnt."""
        self._probe_at = None
