"""Structured logs: one JSON object a line, bound to a bot and a correlation id, with secrets taken out."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

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
    }
)


_TALKATIVE = (
    "httpx", "httpcore", "httpx2", "httpcore2", "openai", "aiohttp", "telegram", "urllib3", "asyncio"
)  # fmt: skip


def redact_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """Drop private fields and take secrets out of every text of a log event."""
    return {
        key: "<private>" if key in PRIVATE_FIELDS else redact(value) if isinstance(value, str) else value
        for key, value in event.items()
    }


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
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _describe(error: BaseException) -> str:
    code = getattr(error, "code", None) if isinstance(error, AppError) else getattr(error, "sqlstate", None)
    said = f": {error.message}" if isinstance(error, AppError) and error.message else ""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " > ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__}({code or ''}){said} at {where}"


def logging_config(*, level: str, fmt: str) -> dict[str, Any]:
    """A `logging.config` dictionary; `fmt` is "json" for machines or "console" for people."""
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if fmt == "console"
        else structlog.processors.JSONRenderer(default=str)
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
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
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                    _redact_line,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        # These print addresses (with tokens) or bodies on INFO and DEBUG.
        "loggers": dict.fromkeys(_TALKATIVE, quiet),
    }


def _redact_line(logger: logging.Logger, method: str, line: Any) -> Any:  # noqa: ARG001
    return redact(line) if isinstance(line, str) else line
