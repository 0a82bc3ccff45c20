"""What can go wrong between us and a Bot API server. No text here ever carries a token."""

from __future__ import annotations

from telegram.error import NetworkError, TelegramError

from core.errors import AppError


class NotSent(NetworkError):
    """No connection could be made: the server has seen nothing of this request."""


class MaybeSent(NetworkError):
    """It broke after the request may have left: the server may have carried it out, or not."""


class BadAnswer(MaybeSent):
    """A successful HTTP status whose body is no answer of a Bot API server."""


class AnswerTooLarge(BadAnswer):
    """The body is larger than we are willing to hold in memory."""


class Refused(TelegramError):
    """The server answered and did not do it.

    `status` is the Bot API's `error_code`, or the HTTP status where the body says nothing. `method` is the
    Bot API method, empty where it is not known. `from_bot_api` is false for pages of proxies and web servers.
    """

    def __init__(
        self,
        *,
        status: int,
        description: str,
        method: str = "",
        retry_after: float | None = None,
        migrate_to: int | None = None,
        from_bot_api: bool = True,
    ) -> None:
        super().__init__(description)
        # PTB cuts the "Bad Request: " off and capitalises; the server's own words serve better in a table.
        self.message = description
        self.status = status
        self.method = method
        self.retry_after = retry_after
        self.migrate_to = migrate_to
        self.from_bot_api = from_bot_api


class TokenRefused(AppError):
    """The token is no token, or the server does not know it (any more)."""

    def __init__(self, message: str, *, code: str = "telegram.token_refused") -> None:
        super().__init__(code=code, permanent=True, message=message)


class TelegramUnreachable(AppError):
    """The Bot API server did not answer, or not like one. `said` is what came instead, "" for nothing at all."""

    def __init__(self, message: str, *, code: str = "telegram.unreachable", said: str = "") -> None:
        super().__init__(code=code, permanent=False, message=message)
        self.said = said
