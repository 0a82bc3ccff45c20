"""Every way in which a call to Telegram fails, named by what the caller has to do about it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from telegram import error as ptb

from core.redaction import redact
from telegram_client.errors import MaybeSent, NotSent, Refused, TelegramUnreachable, TokenRefused


class FailureKind(StrEnum):
    FLOOD = "flood"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    CHAT_NOT_FOUND = "chat_not_found"
    MIGRATED = "migrated"
    KICKED = "kicked"
    UNAUTHORIZED = "unauthorized"
    CONFLICT = "conflict"
    NOT_MODIFIED = "not_modified"
    BAD_MARKUP = "bad_markup"
    TOO_LONG = "too_long"
    EMPTY_TEXT = "empty_text"
    QUERY_TOO_OLD = "query_too_old"
    MESSAGE_GONE = "message_gone"
    BAD_REQUEST = "bad_request"
    UNSUPPORTED = "unsupported"
    SERVER_ERROR = "server_error"
    NOT_SENT = "not_sent"
    MAYBE_SENT = "maybe_sent"
    BUG = "bug"


_RETRYABLE = frozenset(
    {
        FailureKind.FLOOD,
        FailureKind.CONFLICT,
        FailureKind.SERVER_ERROR,
        FailureKind.NOT_SENT,
        FailureKind.MAYBE_SENT,
    }
)

DEFAULT_RETRY_AFTER = 5.0
"""Seconds to wait after a 429 that does not say how long: the shortest that Telegram was seen to ask for."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failed call means. `description` may be logged: no token, nothing of what was being sent."""

    kind: FailureKind
    retry_after: float | None
    migrate_to: int | None
    description: str

    @property
    def retryable(self) -> bool:
        """The very same call may succeed later. Where it is `ambiguous`, it may then arrive twice."""
        return self.kind in _RETRYABLE

    @property
    def ambiguous(self) -> bool:
        """The server may have carried the call out."""
        return self.kind is FailureKind.MAYBE_SENT

    @property
    def person_gone(self) -> bool:
        """The person cannot be written to until they come back by themselves."""
        return self.kind in (FailureKind.BLOCKED, FailureKind.DEACTIVATED)


# The first pattern that is found decides. Statuses are not asked: other Bot API servers mix 400 and 403.
_BY_WORDS: tuple[tuple[FailureKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        (FailureKind.BLOCKED, r"bot was blocked by the user|USER_IS_BLOCKED|YOU_BLOCKED_USER"),
        (FailureKind.DEACTIVATED, r"user is deactivated|INPUT_USER_DEACTIVATED"),
        (FailureKind.MIGRATED, r"upgraded to a supergroup"),
        (
            FailureKind.KICKED,
            (
                r"bot was kicked|bot is not a member|group chat was deactivated|group chat was deleted"
                r"|CHAT_WRITE_FORBIDDEN|CHANNEL_PRIVATE"
            ),
        ),
        (
            FailureKind.CHAT_NOT_FOUND,
            (
                r"chat not found|user not found|can't initiate conversation|PEER_ID_INVALID|chat_id is empty"
                r"|CHAT_ID_INVALID"
            ),
        ),
        (FailureKind.NOT_MODIFIED, r"message is not modified|MESSAGE_NOT_MODIFIED"),
        (
            FailureKind.BAD_MARKUP,
            (
                r"can't parse entities|can't parse message text|unsupported parse_mode|ENTITIES_TOO_LONG"
                r"|ENTITY_BOUNDS_INVALID|ENTITY_\w+_INVALID"
            ),
        ),
        (FailureKind.TOO_LONG, r"(message|caption|text)( text)? is too long|(MESSAGE|CAPTION)_TOO_LONG"),
        (FailureKind.EMPTY_TEXT, r"text is empty|text must be non-empty|MESSAGE_EMPTY|caption is empty"),
        (FailureKind.QUERY_TOO_OLD, r"query is too old|query ID is invalid|QUERY_ID_INVALID"),
        (
            FailureKind.MESSAGE_GONE,
            (
                r"message to (edit|delete) not found|message can't be (edited|deleted)|MESSAGE_ID_INVALID"
                r"|MESSAGE_(DELETE|EDIT)_FORBIDDEN|MESSAGE_EDIT_TIME_EXPIRED|no text in the message to edit"
            ),
        ),
    )
)

_FLOOD_SECONDS = re.compile(r"retry (?:after|in) (\d{1,6})|FLOOD_WAIT_(\d{1,6})", re.IGNORECASE)

# Every Bot API server knows these two, so "not found" speaks of the token, not of the method.
_KNOWN_TO_ALL = frozenset({"getme", "getupdates"})

_QUOTED = re.compile(r'["«“][^"»”]*["»”]?')
_LONGEST = 300


def classify(exc: BaseException) -> Failure:
    """What this exception, raised by any call of this room or of PTB, means for the caller. Never raises."""
    if isinstance(exc, Refused):
        return _refused(exc)
    if isinstance(exc, ptb.RetryAfter):
        # Not its `retry_after`: reading that warns of a deprecation.
        waited = exc.__reduce__()[1][0]
        return _failure(FailureKind.FLOOD, exc.message, retry_after=float(waited))
    if isinstance(exc, ptb.ChatMigrated):
        return _failure(FailureKind.MIGRATED, exc.message, migrate_to=exc.new_chat_id)
    return _failure(_kind_of(exc), _words_of(exc))


def _refused(exc: Refused) -> Failure:
    words = exc.message
    flood = _FLOOD_SECONDS.search(words)
    if exc.status in (420, 429) or flood:
        seconds = float(flood[1] or flood[2]) if flood else DEFAULT_RETRY_AFTER
        asked = exc.retry_after if exc.retry_after is not None else seconds
        return _failure(FailureKind.FLOOD, words, retry_after=asked)
    if exc.migrate_to is not None:
        return _failure(FailureKind.MIGRATED, words, migrate_to=exc.migrate_to)
    kind = _by_words(words) if exc.status in (400, 403) else _by_status(exc.status, exc.method)
    return _failure(kind, words, retry_after=exc.retry_after)


def _by_status(status: int, method: str) -> FailureKind:
    if status == 401 or (status == 404 and method.lower() in _KNOWN_TO_ALL):
        return FailureKind.UNAUTHORIZED
    if status in (404, 405, 501):
        return FailureKind.UNSUPPORTED
    if status == 409:
        return FailureKind.CONFLICT
    if status == 504:
        # A gateway handed the call on and waited in vain.
        return FailureKind.MAYBE_SENT
    return FailureKind.SERVER_ERROR if status >= 500 or status in (408, 425) else FailureKind.BAD_REQUEST


def _by_words(words: str) -> FailureKind:
    for kind, pattern in _BY_WORDS:
        if pattern.search(words):
            return kind
    return FailureKind.BAD_REQUEST


_BY_CLASS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], FailureKind], ...] = (
    (NotSent, FailureKind.NOT_SENT),
    (MaybeSent, FailureKind.MAYBE_SENT),
    ((TokenRefused, ptb.InvalidToken), FailureKind.UNAUTHORIZED),
    (TelegramUnreachable, FailureKind.NOT_SENT),
    (ptb.EndPointNotFound, FailureKind.UNSUPPORTED),
    (ptb.Conflict, FailureKind.CONFLICT),
    (ptb.NetworkError, FailureKind.MAYBE_SENT),
    (ConnectionRefusedError, FailureKind.NOT_SENT),
    ((TimeoutError, ConnectionError), FailureKind.MAYBE_SENT),
)


def _kind_of(exc: BaseException) -> FailureKind:
    if isinstance(exc, ptb.BadRequest | ptb.Forbidden):
        return _by_words(exc.message)
    if isinstance(exc, ptb.TimedOut) and "*not* sent" in exc.message:
        return FailureKind.NOT_SENT
    return next((kind for classes, kind in _BY_CLASS if isinstance(exc, classes)), FailureKind.BUG)


def _words_of(exc: BaseException) -> str:
    """A library's or our own words; of anything else only its class: a bug may quote what it worked on."""
    ours = isinstance(exc, ptb.TelegramError | TokenRefused | TelegramUnreachable)
    return f"{type(exc).__name__}: {exc}" if ours else type(exc).__name__


def _failure(
    kind: FailureKind, words: str, *, retry_after: float | None = None, migrate_to: int | None = None
) -> Failure:
    # Telegram quotes the tag it stumbled over, which may be anything that a person wrote.
    return Failure(
        kind=kind,
        retry_after=retry_after,
        migrate_to=migrate_to,
        description=_QUOTED.sub("…", redact(words))[:_LONGEST],
    )
