"""Messages of a broadcast as a reader would get them, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from broadcast.content import Content
from broadcast.contracts import Candidate
from broadcast.letters import Letters


@dataclass(frozen=True, slots=True)
class PreviewButton:
    """A button as it is shown; `url` is empty where it goes into the conversation."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class PreviewMessage:
    """One text in one language, filled in: Telegram HTML, and rows of buttons."""

    label: str
    language: str
    html: str
    buttons: tuple[tuple[PreviewButton, ...], ...]


def preview_messages(
    content: Content,
    *,
    media: str,
    reader: Candidate,
    bot_name: str,
    names: Callable[[str], Mapping[str, str]],
    now: datetime,
) -> list[PreviewMessage]:
    """Every text in every language that it has, for one reader; made as the real ones are. Pure."""
    letters = Letters(
        content,
        media=media,
        media_id=None,
        is_paid=False,
        bot_name=bot_name,
        names=names,
        linker=None,
    )
    shown = []
    for number, variant in enumerate(content.variants):
        for language in variant.wordings:
            if language != language.lower():
                # A code that is none is no reader's.
                continue
            letter = letters.letter(replace(reader, language=language), variant=number, now=now)
            params = cast("Mapping[str, Any]", letter.params)
            rows = params.get("reply_markup", {}).get("inline_keyboard", [])
            shown.append(
                PreviewMessage(
                    variant.label,
                    language,
                    str(params.get("text") or params.get("caption") or ""),
                    tuple(
                        tuple(PreviewButton(each["text"], each.get("url", "")) for each in row)
                        for row in rows
                    ),
                )
            )
    return shown
