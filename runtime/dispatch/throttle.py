"""How fast one person may go on, so that nobody can keep a bot busy alone. Pure: the caller brings the time."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum

MOST_ACTS = 60
ACTS_PER_SECOND = 1.0
_REMEMBERED = 20_000


class Pass(Enum):
    """Go on; say once that it is too fast; or say nothing."""

    YES = "yes"
    WARN = "warn"
    NO = "no"


class Throttle:
    """A bucket for each lane: `burst` acts at once, then `per_second`."""

    def __init__(self, burst: int = MOST_ACTS, per_second: float = ACTS_PER_SECOND) -> None:
        self._burst = burst
        self._per_second = per_second
        # Lane to (acts left, when that was, whether a warning was given).
        self._lanes: OrderedDict[int, tuple[float, float, bool]] = OrderedDict()

    def keep_to(self, burst: int, per_second: float) -> None:
        """Staff have changed how fast one may go on; what everybody did until now is remembered."""
        self._burst, self._per_second = burst, per_second

    def ask(self, lane: int, now: float) -> Pass:
        """May this lane take one more act at `now` (monotonic seconds)?"""
        left, at, is_warned = self._lanes.pop(lane, (float(self._burst), now, False))
        left = min(float(self._burst), left + (now - at) * self._per_second)
        if left >= 1:
            answer, left, is_warned = Pass.YES, left - 1, False
        else:
            answer, is_warned = (Pass.NO if is_warned else Pass.WARN), True
        self._lanes[lane] = (left, now, is_warned)
        if len(self._lanes) > _REMEMBERED:
            self._lanes.popitem(last=False)
        return answer
