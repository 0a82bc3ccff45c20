"""The shape of a bot token and its place in an address. Whether it is good, only the server knows."""

from __future__ import annotations

import re

from core.redaction import redact
from telegram_client.errors import TokenRefused

# Telegram gives 35 characters after the colon; other Bot API servers hand out shorter ones.
_SHAPE = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,256}", re.ASCII)
_IN_ADDRESS = re.compile(r"/bot([^/?#\s]+)/?(\w*)")


def parse_token(raw: str) -> str:
    """The token without what copying adds around it. Raises TokenRefused when it has no token's shape."""
    token = raw.strip().strip("\"'").strip()
    if not _SHAPE.fullmatch(token):
        msg = "This is not a bot token. BotFather's look like 123456789:AAE…: digits, a colon, then letters."
        raise TokenRefused(msg, code="telegram.token_malformed")
    return token


def method_in(address: str) -> str:
    """The Bot API method that an address calls, or an empty string (files)."""
    found = _IN_ADDRESS.search(address)
    return found[2] if found and "/file/bot" not in address else ""


def without_token(text: str, address: str) -> str:
    """`text` without secrets, the token of `address` included, even if it is too short to have the shape."""
    found = _IN_ADDRESS.search(address)
    return redact(text.replace(found[1], "<token>") if found else text)
