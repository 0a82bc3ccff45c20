"""How the sandbox says no: in Telegram's words to a bot, in plain words to whoever steers it."""

from __future__ import annotations


class BotApiError(Exception):
    """An answer with `ok: false`, exactly as Telegram's server would word it."""

    def __init__(
        self,
        error_code: int,
        description: str,
        *,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.error_code = error_code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    @property
    def parameters(self) -> dict[str, int]:
        """The Bot API's ResponseParameters; empty for none."""
        given = {"retry_after": self.retry_after, "migrate_to_chat_id": self.migrate_to_chat_id}
        return {name: value for name, value in given.items() if value is not None}


class ControlError(Exception):
    """A request to the control API that cannot be done; the message says what is wrong."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def too_large() -> BotApiError:
    """The 413 that Telegram gives for a body or a file that is too much to take."""
    return BotApiError(413, "Request Entity Too Large")


def bad_request(reason: str) -> BotApiError:
    """The 400 that Telegram gives for what a bot asked wrongly."""
    return BotApiError(400, f"Bad Request: {reason}")
