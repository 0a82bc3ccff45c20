"""How many messages of a broadcast with a rate of its own may leave by now. Pure."""

from __future__ import annotations

from uuid import UUID

# After a while in which nobody asked, no more than this many seconds' worth at once.
_MOST_SECONDS = 1.0


class Allowance:
    """What each broadcast has saved up since it was asked last."""

    def __init__(self) -> None:
        self._saved: dict[UUID, tuple[float, float]] = {}

    def most(self, broadcast_id: UUID, *, rate: float | None, now: float) -> int | None:
        """How many may leave at this moment (monotonic seconds); None without limit."""
        if rate is None or rate <= 0:
            self._saved.pop(broadcast_id, None)
            return None
        saved, at = self._saved.get(broadcast_id, (1.0, now))
        saved = min(saved + (now - at) * rate, max(1.0, rate * _MOST_SECONDS))
        self._saved[broadcast_id] = (saved, now)
        return int(saved)

    def spend(self, broadcast_id: UUID, count: int) -> None:
        """So many left."""
        if broadcast_id in self._saved:
            saved, at = self._saved[broadcast_id]
            self._saved[broadcast_id] = (saved - count, at)

    def forget_all_but(self, broadcast_ids: set[UUID]) -> None:
        self._saved = {each: saved for each, saved in self._saved.items() if each in broadcast_ids}
