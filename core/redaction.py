"""What must never be read in a log is taken out here: bot tokens, keys, passwords in addresses."""

from __future__ import annotations

import re

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # A bot token: digits, a colon, 30 or more of base64url. It stands in every Bot API address.
    (re.compile(r"\b\d{3,20}:[A-Za-z0-9_-]{30,}"), "<token>"),
    (re.compile(r"\b(sk|pk|rk)-[A-Za-z0-9_-]{8,}"), "<key>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 <credential>"),
    (re.compile(r"(?i)([a-z][a-z0-9+.-]*://[^\s/:@]*):[^\s@/]+@"), r"\1:<password>@"),
    (
        re.compile(
            r"(?i)\b(token|api_?key|secret|password|authorization)(['\"]?\s*[:=]\s*['\"]?)[^\s'\",;&]{6,}"
        ),
        r"\1\2<secret>",
    ),
)


def redact(text: str) -> str:
    """The same text with every secret that we know the shape of replaced by its kind in angle brackets."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
