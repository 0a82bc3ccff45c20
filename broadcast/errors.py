"""What can be wrong with a broadcast, in words for staff."""

from __future__ import annotations

from core.errors import AppError


class BroadcastError(AppError):
    """Something that cannot be done with a broadcast as it is; trying the same again is pointless."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=f"broadcast.{code}", permanent=True, message=message)
