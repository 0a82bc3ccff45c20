"""Loggers of libraries that print addresses. A Bot API address holds the token, so they keep quiet."""

from __future__ import annotations

import logging

_TALKATIVE = ("aiohttp", "httpcore", "httpx", "httpx2", "telegram", "urllib3")


def quiet_loggers() -> None:
    """Let only warnings and worse of the HTTP and Telegram libraries through; once, as a process starts."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
