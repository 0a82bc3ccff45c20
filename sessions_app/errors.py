"""What staff cannot do in a conversation, in words for them."""

from __future__ import annotations

from core.errors import AppError


class InboxError(AppError):
    """Something that cannot be done in this conversation as it is; trying the same again is pointless."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=f"inbox.{code}", permanent=True, message=message)
