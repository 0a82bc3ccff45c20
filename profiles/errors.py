"""What can be wrong with a change that staff make to people or streams, in words for them."""

from __future__ import annotations

from core.errors import AppError


class ProfileError(AppError):
    """A change that cannot be made; trying the same again is pointless."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=f"profiles.{code}", permanent=True, message=message)
