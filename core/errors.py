"""The root of every error that the product raises on purpose."""

from __future__ import annotations


class AppError(Exception):
    """Something that went wrong in a way we foresaw.

    `code` is a constant for machines, logs and translations; `permanent` answers the one question that a
    worker asks: is trying again pointless? `message` is for staff: no token, no word of a person.
    """

    def __init__(self, *, code: str, permanent: bool, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.permanent = permanent
        self.message = message
