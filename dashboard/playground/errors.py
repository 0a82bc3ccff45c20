from __future__ import annotations

from core.errors import AppError


class PlaygroundError(AppError):
    """A trial that cannot be made, in words for staff."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=f"playground.{code}", permanent=True, message=message)
