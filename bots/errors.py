"""What can be wrong with a bot, in words for staff."""

from __future__ import annotations

from core.errors import AppError


class BotError(AppError):
    """A change to a bot that cannot be made; trying the same again is pointless."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=f"bots.{code}", permanent=True, message=message)


class SignInError(AppError):
    """Somebody could not prove who they are, or not yet."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=f"sign_in.{code}", permanent=True, message=message)
