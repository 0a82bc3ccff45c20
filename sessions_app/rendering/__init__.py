"""From what a model wrote to what Telegram accepts: light Markdown into HTML, in pieces that fit. Pure."""

from __future__ import annotations

from sessions_app.rendering.answers import LONGEST_ANSWER, sensible
from sessions_app.rendering.characters import Html, clean, escape
from sessions_app.rendering.markdown import to_telegram_html
from sessions_app.rendering.pieces import MESSAGE_UNITS, plain, split_message, units

__all__ = [
    "LONGEST_ANSWER",
    "MESSAGE_UNITS",
    "Html",
    "clean",
    "escape",
    "plain",
    "sensible",
    "split_message",
    "to_telegram_html",
    "units",
]
