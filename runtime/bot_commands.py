"""The menu of commands that Telegram shows, in each language. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from sessions_app.speech import LANGUAGES, say

SHOWN = (
    "start",
    "natasha",
    "diagnostic",
    "end_session",
    "my_session_summary",
    "my_journey",
    "my_metaphysical_profile",
    "analyze_readiness",
    "streams",
    "platform",
    "pause",
    "resume",
    "privacy",
    "export",
    "forget_me",
    "language",
    "help",
)


# Shown in the chats of a bot's admins, after the others.
FOR_ADMINS = ("stats", "fill_profiles", "broadcast", "cancel")


def command_lists(admins: Iterable[int] = ()) -> list[dict[str, object]]:
    """Parameters of setMyCommands: English for everybody, each language for those who read it, and the admins'
    own lists in their chats.
    """
    lists: list[dict[str, object]] = []
    for scope, names in (
        ({}, SHOWN),
        *(({"scope": {"type": "chat", "chat_id": each}}, (*SHOWN, *FOR_ADMINS)) for each in admins),
    ):
        lists.append({**scope, "commands": _commands("en", names)})
        lists += [{**scope, "commands": _commands(each, names), "language_code": each} for each in LANGUAGES]
    return lists


def _commands(language: str, names: Iterable[str]) -> list[dict[str, str]]:
    return [{"command": name, "description": str(say(f"commands.{name}", language))} for name in names]
