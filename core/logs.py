"""Structured logs: one JSON object a line, bound to a bot and a correlation id, with secrets taken out."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, TextIO
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from core.errors import AppError
from core.redaction import redact

# Fields that may hold what a person said or a secret; nobody should log them, and if somebody does they go.
PRIVATE_FIELDS = frozenset(
    {
        "text",
        "words",
        "payload",
        "message_text",
        "caption",
        "prompt",
        "reply",
        "token",
        "api_key",
        "password",
        "body",
        "first_name",
        "last_name",
        "username",
    }
)

# Their messages hold, formatted already, what an exception or a task's result says.
_QUOTING = ("asyncio", "celery.app.trace", "celery.worker", "concurrent.futures")
_TALKATIVE = (
    "httpx", "httpcore", "httpx2", "httpcore2", "openai", "aiohttp", "telegram", "urllib3", "asyncio"
)  # fmt: skip
_DEEPEST = 5
_PLAIN = UUID | date | timedelta | Decimal | PurePath


def redact_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """Drop private fields and take secrets out of every text of a log event, however deep."""
    # structlog's own keys begin with an underscore and never reach the line.
    return {key: value if key.startswith("_") else _tellable(key, value) for key, value in event.items()}


def _tellable(key: object, value: object, depth: int = 0) -> object:
    """What may be read of a value: figures, ids and redacted texts; of anything else, its kind."""
    if key in PRIVATE_FIELDS:
        return "<private>"
    if isinstance(value, Enum):
        return _tellable(key, value.value, depth)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str | _PLAIN):
        return redact(str(value))
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return {redact(str(name)): _tellable(name, each, depth + 1) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
        return [_tellable(None, each, depth + 1) for each in value]
    return f"<{type(value).__name__}>"


def tell_foreign(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """Of what a library logs about an exception keep the unformatted sentence: its values quote people."""
    record = event["_record"]
    # Django's says the path of the request and nothing else.
    is_path = record.name == "django.request"
    if (record.exc_info and not is_path) or record.name.startswith(_QUOTING):
        event["event"] = str(record.msg).partition("\n")[0]
    return event


def tell_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """Replace `exc_info` by where it happened and of which kind it was.

    Messages of foreign exceptions are left out: a database error quotes values, and values are people's words.
    """
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if isinstance(error, BaseException):
        event["exception"] = " < ".join(_describe(each) for each in _causes(error))
    return event


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _describe(error: BaseException) -> str:
    code = getattr(error, "code", None) if isinstance(error, AppError) else getattr(error, "sqlstate", None)
    said = f": {error.message}" if isinstance(error, AppError) and error.message else ""
    where = " > ".join(
        f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in _frames(error)
    )
    return f"{type(error).__name__}({code or ''}){said} at {where or '?'}"


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where it passed through code of ours, and where it was raised."""
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    return [*ours[-5:], *(frames[-1:] if frames[-1:] != ours[-1:] else [])]


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes to stderr. A line that cannot be written is told as such; logging's own way prints its values."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say that a line of this logger is missing, and why by kind."""
        with suppress(OSError, ValueError):
            kind = type(sys.exc_info()[1]).__name__
            self.stream.write(f'{{"event": "log.failed", "logger": "{record.name}", "kind": "{kind}"}}\n')


def logging_config(*, level: str, fmt: str) -> dict[str, Any]:
    """A `logging.config` dictionary; `fmt` is "json" for machines or "console" for people."""
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if fmt == "console"
        else structlog.processors.JSONRenderer(default=lambda value: f"<{type(value).__name__}>")
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Other extras of libraries are requests, tasks and what was said in them.
        structlog.stdlib.ExtraAdder(allow=["status_code"]),
        tell_exception,
        redact_event,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    quiet = {"level": "WARNING", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [tell_foreign, *shared],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                    _redact_line,
                ],
            }
        },
        "handlers": {"stderr": {"class": "core.logs.LineHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        # These print addresses (with tokens) or bodies on INFO and DEBUG.
        "loggers": dict.fromkeys(_TALKATIVE, quiet),
    }


def _redact_line(logger: logging.Logger, method: str, line: Any) -> Any:  # noqa: ARG001
    return redact(line) if isinstance(line, str) else line
