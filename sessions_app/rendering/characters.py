"""Characters that Telegram accepts, and text that is safe inside its HTML."""

from __future__ import annotations

import re
from typing import Final


class Html(str):
    """Telegram HTML that is already well-formed; `escape` leaves it as it is."""

    __slots__ = ()


# Telegram refuses NUL and lone surrogates and drops the rest; U+202A–202E and U+2066–2069 turn text around.
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_LINE_BREAKS: Final = re.compile("\r\n?|[\u2028\u2029]")


def clean(text: str) -> str:
    """The same text without characters that Telegram refuses or that would scramble the page."""
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub("", _LINE_BREAKS.sub("\n", text))


def escape(value: object) -> str:
    """The value as text that is safe anywhere in Telegram HTML, attributes included."""
    if isinstance(value, Html):
        return value
    text = clean(value if isinstance(value, str) else str(value))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
