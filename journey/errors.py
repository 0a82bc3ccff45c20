"""What can be wrong with a wording of a stage, in words for staff."""

from __future__ import annotations

from core.errors import AppError


class JourneyError(AppError):
    """A wording that cannot be put in force; trying the same again is pointless."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=f"journey.{code}", permanent=True, message=message)
