"""The menu of commands that Telegram shows, in each language. Pure."""

from __future__ import annotations

from sessions_app.speech import LANGUAGES, say

SHOWN = (
    "start",
    "natasha",
    "diagnostic",
    "end_session",
    "my_session_summary",
    "privacy",
    "forget_me",
    "language",
    "help",
)


def command_lists() -> list[dict[str, object]]:
    """Parameters of setMyCommands: English for everybody, and each language for those who read it."""
    lists: list[dict[str, object]] = [{"commands": _commands("en")}]
    return lists + [{"commands": _commands(each), "language_code": each} for each in LANGUAGES]


def _commands(language: str) -> list[dict[str, str]]:
    return [{"command": name, "description": str(say(f"commands.{name}", language))} for name in SHOWN]
