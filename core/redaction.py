"""What must never be read in a log is taken out here: bot tokens, keys, passwords, values that errors quote."""

from __future__ import annotations

import re

# Each is tried at the start of a run only, and reaches a bounded way from there: addresses that strangers ask for
# are logged too, and a long one must not cost its length squared.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # A bot token: digits, a colon, base64url. It stands in every Bot API address, right after the word "bot".
    (re.compile(r"(?<!\d)\d+(?::|%3[Aa])[A-Za-z0-9_-]{20,}"), "<token>"),
    (re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}|(?:sk|pk|rk)-[A-Za-z0-9_-]{20,}"), "<key>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 <credential>"),
    # Up to the last @: a password may hold one, and a slash too.
    (
        re.compile(r"(?i)((?<![a-z0-9+.-])[a-z0-9+.-]+://[^\s/:@\"']{0,300}):[^\s\"'<>]{1,600}@"),
        r"\1:<password>@",
    ),
    (
        # The name may be part of a longer one and quoted, also inside of a quoted text.
        re.compile(
            r"(?i)((?:token|secret|passw(?:or)?d|api[_-]?key|authorization)(?:[_-](?:key|sealed))?"
            r"\\*['\"]?\s*[:=]\s*\\*['\"]?)(?!<)[^\s'\",;&\\]{6,}"
        ),
        r"\1<secret>",
    ),
    # PostgreSQL quotes the values that it refuses, and values are what people said.
    (re.compile(r"(?s)\b(DETAIL|CONTEXT|LINE \d+):(?! <values>).*"), r"\1: <values>"),
    (re.compile(r"(?s)\b(invalid input (?:syntax|value)[^:\"]{0,200}):(?! <values>).*"), r"\1: <values>"),
)


# What must stand in a text, in small letters, for the pattern of the same place to find anything: looking for a
# word costs a tenth of looking for a pattern, and nearly every line of a log holds none.
_SIGNS: tuple[tuple[str, ...], ...] = (
    (":", "%3a"),
    ("sk-", "pk-", "rk-"),
    ("bearer", "basic"),
    ("://",),
    ("token", "secret", "passw", "api", "authorization"),
    ("detail:", "context:", "line "),
    ("invalid input",),
)


def redact(text: str) -> str:
    """The same text with every secret that we know the shape of replaced by its kind in angle brackets."""
    # Patterns that ignore case also know letters beyond ASCII (a Kelvin sign is a k): there all are tried.
    small = text.lower() if text.isascii() else None
    for (pattern, replacement), signs in zip(_PATTERNS, _SIGNS, strict=True):
        if small is None or any(sign in small for sign in signs):
            text = pattern.sub(replacement, text)
    return text
